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
        var (tokenizerJson, config) = (Read(reference.Folder, TokenizerFiles.Tokenizer, required: true), Read(reference.Folder, TokenizerFiles.Config, required: false));
        var script = JsonSerializer.SerializeToUtf8Bytes(options.Rules.Select(rule => new { rule.WhenPromptContains, rule.Behaviour, rule.Answer }));
        var vectors = JsonSerializer.SerializeToUtf8Bytes(options.EmbeddingSize);
        var manifest = new ModelManifest(
        [
            Describe(TokenizerFiles.Tokenizer, tokenizerJson), Describe(TokenizerFiles.Config, config), Describe("script", script),
            .. options.EmbeddingSize is null ? Array.Empty<ModelFile>() : [Describe("vectors", vectors)],
        ]);
        manifest.Require(reference);
        var tokenizer = TokenizerFiles.Load(tokenizerJson, config);
        Model = new LoadedModel(reference.Name, manifest.Sha256, options.ContextTokens, Parameters: 0, tokenizer, TokenizerFiles.StopIds(tokenizer, [])) { EmbeddingSize = options.EmbeddingSize };
        Slots = ModelSlots.Of(options.Slots, options.Queue);
    }

    public LoadedModel Model { get; }

    public ModelSlots Slots { get; }

    private static ModelFile Describe(string name, byte[] bytes) => new(name, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)));

    private static byte[] Read(string folder, string name, bool required)
    {
        try
        {
            return required || File.Exists(Path.Combine(folder, name)) ? File.ReadAllBytes(Path.Combine(folder, name)) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException(name, "file", $"can't be read in {folder}: {e.Message}", e);
        }
    }
}
