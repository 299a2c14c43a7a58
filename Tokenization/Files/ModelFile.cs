using System.Text.Json;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tokenization.Files;

/// <summary>Reads a model's small files within bounds: they come from strangers.</summary>
internal static class ModelFile
{
    public const string Tokenizer = "tokenizer.json";
    public const string Config = "tokenizer_config.json";
    public const string Template = "chat_template.jinja";
    public const string GenerationConfig = "generation_config.json";

    /// <summary>The largest file we read, in bytes. The largest known tokenizer.json (Gemma 3) has 33 MB.</summary>
    public const int LargestBytes = 64 * 1024 * 1024;

    private const int Depth = 64;

    public static byte[]? ReadIfPresent(string folder, string name)
    {
        var file = new FileInfo(Path.Combine(folder, name));
        if (!file.Exists)
        {
            return null;
        }

        if (file.Length > LargestBytes)
        {
            throw new TokenizerFormatException(name, "", $"has {file.Length} bytes, more than {LargestBytes}");
        }

        return File.ReadAllBytes(file.FullName);
    }

    public static byte[] Read(string folder, string name) =>
        ReadIfPresent(folder, name) ?? throw new TokenizerFormatException(name, "", $"is not in the folder {folder}");

    public static JsonDocument Parse(string name, ReadOnlyMemory<byte> utf8Json)
    {
        if (utf8Json.Length > LargestBytes)
        {
            throw new TokenizerFormatException(name, "", $"has {utf8Json.Length} bytes, more than {LargestBytes}");
        }

        try
        {
            return JsonDocument.Parse(utf8Json, new JsonDocumentOptions { MaxDepth = Depth, AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            throw new TokenizerFormatException(name, "", $"is not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine}: {e.Message}");
        }
    }
}
