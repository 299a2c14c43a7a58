namespace CocoonOrleans.Tunnel.Messages;

/// <summary>One model that a worker serves.</summary>
/// <param name="Name">The name that clients ask for, 1 to 128 characters.</param>
/// <param name="ManifestSha256">Hash of the model's files, 64 lower-case hex digits.</param>
/// <param name="TokenizerSha256">Hash of tokenizer, configuration and chat template, under which <see cref="TokenizerFiles"/> are fetched.</param>
/// <param name="ContextTokens">Most tokens of prompt and answer together, 1 to 16,777,216.</param>
/// <param name="Slots">Jobs that run at a time, 1 to 512.</param>
/// <param name="Prices">What the provider asks for at least.</param>
/// <param name="EmbeddingDimensions">Numbers of its vectors where it makes embeddings, 1 to 65,536; null where it chats.</param>
public sealed record ModelOffer(
    string Name, string ManifestSha256, string TokenizerSha256, int ContextTokens, int Slots, OfferedPrices Prices, int? EmbeddingDimensions = null)
{
    internal void Validate()
    {
        FieldCheck.Text(Name, 1, 128, "models.name");
        FieldCheck.Hash(ManifestSha256, "models.manifestSha256");
        FieldCheck.Hash(TokenizerSha256, "models.tokenizerSha256");
        FieldCheck.That(ContextTokens is >= 1 and <= 1 << 24, "models.contextTokens", "must be 1 to 16777216");
        FieldCheck.That(Slots is >= 1 and <= Handshakes.TunnelProtocol.MaxJobs, "models.slots", "must be 1 to 512");
        FieldCheck.That(EmbeddingDimensions is null or (>= 1 and <= 1 << 16), "models.embeddingDimensions", "must be 1 to 65536, or absent");
        FieldCheck.That(Prices.IsValid, "models.prices", "must not be negative");
    }
}
