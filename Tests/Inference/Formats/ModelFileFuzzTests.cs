using System.Text;
using System.Text.Json.Nodes;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Native;
using CocoonOrleans.Tests.Inference.Native;
using CocoonOrleans.Tokenization.Templates;
using CocoonOrleans.Tokenization.Tokenizers;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit.Abstractions;

namespace CocoonOrleans.Tests.Inference.Formats;

/// <summary>
/// Whole models with one file broken, loaded as a worker loads them: each is refused by a typed error that names the file, or serves. Nothing else comes out, and no damage asks for more memory than the
/// test has.
/// </summary>
[Trait(LongRun.Trait, LongRun.Category)]
public sealed class ModelFileFuzzTests(ITestOutputHelper output) : IDisposable
{
    private static readonly string[] Pieces =
    [
        "null", "true", "-1", "0", "1", "2", "1e400", "2147483647", "9223372036854775807", "99999999999999999999", "\"\"", "\"a\"", "[]", "{}", "[[", "}", "\"F64\"", "\"data_offsets\"", "NaN", "\\u0000", "\u00ff", ",", ":",
    ];

    private static readonly string?[] Values =
    [
        null, "true", "-1", "0", "1", "2", "3", "7", "64", "4096", "1e300", "0.5", "-0.0", "2147483647", "2147483648", "9223372036854775807", "99999999999999999999", "\"\"", "\"a\"", "\"silu\"", "\"F64\"", "\"BF16\"",
        "\"LlamaForCausalLM\"", "\"Gemma2ForCausalLM\"", "\"Qwen3ForCausalLM\"", "[]", "{}", "[0,8]", "[1,-1]", "[\"a\",\"b\"]", "{\"type\":\"BPE\"}", "{\"rope_type\":\"yarn\",\"factor\":1e9}",
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly TestMeters _meters = new();

    public void Dispose()
    {
        _folder.Dispose();
        _meters.Dispose();
    }

    [Fact]
    public async Task Load_SafetensorsFolderWithADamagedFile_IsRefusedOrServes()
    {
        using var model = new TinyModel();
        await RunAsync(Files(model.Folder));
    }

    [Fact]
    public async Task Load_EncoderFolderWithADamagedFile_IsRefusedOrServes()
    {
        using var model = new TinyEncoder();
        await RunAsync(Files(model.Folder));
    }

    [Fact]
    public async Task Load_DamagedGguf_IsRefusedOrServes()
    {
        using var model = new TinyModel();
        var types = new[] { GgufTensorType.F32, GgufTensorType.Q8_0 };
        foreach (var type in types)
        {
            using var stream = new MemoryStream();
            GgufExport.Write(ModelFolder.Read(model.Folder), type, stream, CancellationToken.None);
            await RunAsync(new(StringComparer.Ordinal) { ["model.gguf"] = stream.ToArray() });
        }
    }

    private static SortedDictionary<string, byte[]> Files(string folder) =>
        new(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(file => Path.GetRelativePath(folder, file), File.ReadAllBytes), StringComparer.Ordinal);

    private async Task RunAsync(SortedDictionary<string, byte[]> files)
    {
        var (seed, rounds) = (LongRun.Seed(1), LongRun.Rounds(300, 30_000));
        var names = files.Keys.ToArray();
        foreach (var (name, bytes) in files)
        {
            Write(name, bytes);
        }

        var (served, refused) = (0, new SortedDictionary<string, int>(StringComparer.Ordinal));
        for (var round = 0; round < rounds; round++)
        {
            var random = new Random(seed + round);
            var name = names[random.Next(names.Length)];
            Write(name, random.Next(3) > 0 && TryChangeValues(name, files[name], random) is { } changed ? changed : Break(files[name], random));
            try
            {
                if (await TryServeAsync() is { } exception)
                {
                    var kind = $"{name}: {exception.GetType().Name}";
                    refused[kind] = refused.GetValueOrDefault(kind) + 1;
                }
                else
                {
                    served++;
                }
            }
            catch (Exception exception)
            {
                throw new Xunit.Sdk.XunitException($"COCOON_SEED={seed + round} COCOON_ROUNDS=1, {name}: {exception}");
            }

            Write(name, files[name]);
        }

        output.WriteLine($"{rounds} models with one damaged file from seed {seed} on: {served} serve");
        foreach (var (kind, times) in refused)
        {
            output.WriteLine($"{times,7} {kind}");
        }

        Assert.True(served > 0 && refused.Count > 0);
    }

    private void Write(string name, byte[] bytes)
    {
        var file = _folder.File(name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, bytes);
    }

    /// <summary>What refused it; null where it serves.</summary>
    private async Task<Exception?> TryServeAsync()
    {
        var options = new NativeEngineOptions { Slots = 1, Threads = 1, CacheTokens = 256 };
        await using var engine = new NativeEngine(Microsoft.Extensions.Options.Options.Create(options), _meters, TimeProvider.System, NullLogger<NativeEngine>.Instance);
        try
        {
            var model = new ModelReference("fuzzed", _folder.Path);
            await engine.LoadAsync(model, null, CancellationToken.None);
            if (engine.Capabilities.Models[0].EmbeddingSize is not null)
            {
                await engine.EmbedAsync(new EmbeddingRequest { Model = "fuzzed", Inputs = [new[] { 5, 6 }] }, CancellationToken.None);
                return null;
            }

            await foreach (var _ in engine.GenerateAsync(new GenerationRequest { Model = "fuzzed", PromptIds = new[] { 5, 6, 7 }, MaxCompletionTokens = 3, Sampling = new() { Seed = 1 } }, CancellationToken.None))
            {
            }

            return null;
        }
        catch (Exception exception) when (exception is ModelFormatException or TokenizerFormatException or TemplateSyntaxException or EngineRefusalException or GenerationFailedException)
        {
            return exception;
        }
    }

    /// <summary>The file with values of its JSON changed, so that it stays JSON; null where it has none.</summary>
    private static byte[]? TryChangeValues(string name, byte[] bytes, Random random)
    {
        if (name.EndsWith(".json", StringComparison.Ordinal))
        {
            return ChangeValues(bytes, random);
        }

        if (!name.EndsWith(".safetensors", StringComparison.Ordinal))
        {
            return null;
        }

        var header = (int)BitConverter.ToInt64(bytes);
        var changed = ChangeValues(bytes.AsSpan(8, header).ToArray(), random);
        return [.. BitConverter.GetBytes((long)changed.Length), .. changed, .. bytes.AsSpan(8 + header)];
    }

    private static byte[] ChangeValues(byte[] json, Random random)
    {
        var root = JsonNode.Parse(json)!;
        for (var changes = random.Next(1, 3); changes > 0; changes--)
        {
            var nodes = Containers(root).ToList();
            var value = Values[random.Next(Values.Length)] is { } text ? JsonNode.Parse(text) : null;
            switch (nodes[random.Next(nodes.Count)])
            {
                case JsonObject { Count: > 0 } map when random.Next(3) == 0:
                    map.Remove(map.ElementAt(random.Next(map.Count)).Key);
                    break;
                case JsonObject { Count: > 0 } map:
                    map[map.ElementAt(random.Next(map.Count)).Key] = value;
                    break;
                case JsonArray { Count: > 0 } list:
                    list[random.Next(list.Count)] = value;
                    break;
            }
        }

        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }

    private static IEnumerable<JsonNode> Containers(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(entry => Containers(entry.Value)).Prepend(map),
        JsonArray list => list.SelectMany(Containers).Prepend(list),
        _ => [],
    };

    private static byte[] Break(byte[] original, Random random)
    {
        var bytes = original.ToList();
        for (var changes = random.Next(1, 4); changes > 0 && bytes.Count > 0; changes--)
        {
            // Mostly where names and lengths stand.
            var at = random.Next(random.Next(4) == 0 ? bytes.Count : Math.Min(bytes.Count, 3_000));
            switch (random.Next(8))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    var end = Math.Min(bytes.Count, at + 8);
                    for (; at < end; at++)
                    {
                        bytes[at] = changes % 2 == 0 ? (byte)0xFF : (byte)0;
                    }

                    break;
                case 3:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 40), bytes.Count - at));
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 60), bytes.Count - at)));
                    break;
                case 5 or 6:
                    ReplaceValue(bytes, at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]));
                    break;
                default:
                    bytes.RemoveRange(at, random.Next(4) == 0 ? bytes.Count - at : 0);
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Puts another value into the place of a value of JSON, if there is one behind a place.</summary>
    private static void ReplaceValue(List<byte> bytes, int at, byte[] value)
    {
        var start = bytes.IndexOf((byte)':', at);
        if (start < 0)
        {
            bytes.InsertRange(at, value);
            return;
        }

        var end = start + 1;
        while (end < bytes.Count && end < start + 40 && bytes[end] is not ((byte)',' or (byte)'}' or (byte)']'))
        {
            end++;
        }

        bytes.RemoveRange(start + 1, end - start - 1);
        bytes.InsertRange(start + 1, value);
    }
}
