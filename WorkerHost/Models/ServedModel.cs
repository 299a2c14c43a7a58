using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Tokenization.Chat;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.WorkerHost.Models;

/// <summary>A model that this worker has loaded.</summary>
/// <param name="Loaded">The engine's side of it.</param>
/// <param name="Prices">What it costs at least.</param>
/// <param name="Slots">Jobs that run at a time.</param>
public sealed record ServedModel(LoadedModel Loaded, OfferedPrices Prices, int Slots)
{
    /// <summary>The name that clients use.</summary>
    public string Name => Loaded.Name;

    /// <summary>Tokenizer and chat template: what turns a request into a prompt.</summary>
    public ChatModel Chat => Loaded.Chat;

    /// <summary>Token ids that end an answer: the engine's, and those by which the chat template ends a turn.</summary>
    public IReadOnlyCollection<int> StopIds { get; } = [.. Loaded.StopIds.Union(Loaded.Chat.StopIds)];

    /// <summary>The files behind <see cref="Chat"/>, as gateways fetch them to count prompts alike.</summary>
    internal TokenizerFiles Files { get; } =
        new(Loaded.Chat.Files.TokenizerJson.ToArray(), Loaded.Chat.Files.TokenizerConfigJson.ToArray(), Loaded.Chat.Files.ChatTemplate.ToArray());

    internal ModelOffer ToOffer() => new(Name, Loaded.ManifestSha256, Chat.Sha256, Loaded.ContextTokens, Slots, Prices, Loaded.EmbeddingSize);
}
