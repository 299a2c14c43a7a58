using System.Security.Cryptography;
using System.Text.Json;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Inference.Scripted;

/// <summary>
/// A real tokenizer with a script in the place of weights. What the script says is part of its manifest, so its id is never that of a model. How fast it
/// is said and where it fails is not: that is the machine's part, so workers of one scripted model may differ in it.
/// </summary>
internal sealed class ScriptedModel
{
    public ScriptedModel(ModelReference reference, ScriptedEngineOptions options)
    {
        var files = new Dictionary<string, byte[]> { [TokenizerFiles.Tokenizer] = Read(reference.Folder, TokenizerFiles.Tokenizer) };
        foreach (var name in TokenizerFiles.Optional.Where(name => File.Exists(Path.Combine(reference.Folder, name))))
        {
            files.Add(name, Read(reference.Folder, name));
        }

        var script = JsonSerializer.SerializeToUtf8Bytes(options.Rules.Select(rule => new { rule.WhenPromptContains, rule.Behaviour, rule.Answer }));
        var vectors = JsonSerializer.SerializeToUtf8Bytes(options.EmbeddingSize);
        var manifest = new ModelManifest(
        [
            .. files.Select(file => Describe(file.Key, file.Value)), Describe("script", script),
            .. options.EmbeddingSize is null ? Array.Empty<ModelFile>() : [Describe("vectors", vectors)],
        ]);
        manifest.Require(reference);
        var chat = TokenizerFiles.Load(files);
        Model = new LoadedModel(reference.Name, manifest.Sha256, options.ContextTokens, Parameters: 0, chat, TokenizerFiles.StopIds(chat.Tokenizer, [])) { EmbeddingSize = options.EmbeddingSize };
        Slots = ModelSlots.Of(options.Slots, options.Queue);
    }

    public LoadedModel Model { get; }

    public ModelSlots Slots { get; }

    private static ModelFile Describe(string name, byte[] bytes) => new(name, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)));

    private static byte[] Read(string folder, string name)
    {
        try
        {
            return File.ReadAllBytes(Path.Combine(folder, name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException(name, "file", $"can't be read in {folder}: {e.Message}", e);
        }
    }
}
