using CocoonOrleans.Tokenization.Chat;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Inference.Engines;

/// <summary>A model that an engine serves.</summary>
/// <param name="Name">The name that clients use.</param>
/// <param name="ManifestSha256">Hash of the canonical list of its files and their hashes: 64 lower-case hex digits.</param>
/// <param name="ContextTokens">Highest sum of prompt and completion tokens; where it makes embeddings, most tokens of one input.</param>
/// <param name="Parameters">Number of weights; 0 where no model is behind the engine.</param>
/// <param name="Chat">Its tokenizer and chat template, of the very bytes that the manifest is about.</param>
/// <param name="StopIds">Ids that end an answer where a request names none.</param>
public sealed record LoadedModel(string Name, string ManifestSha256, int ContextTokens, long Parameters, ChatModel Chat, IReadOnlyCollection<int> StopIds)
{
    /// <summary>Its tokenizer.</summary>
    public Tokenizer Tokenizer => Chat.Tokenizer;

    /// <summary>Numbers of its vectors where it makes embeddings; null where it generates. A model does one of both.</summary>
    public int? EmbeddingSize { get; init; }

    /// <summary>The id that says exactly what was run, as in receipts: <c>name@sha256:hash</c>.</summary>
    public string Id => $"{Name}@sha256:{ManifestSha256}";
}
