using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Grains.Models;

/// <summary>A model in the catalogue. A worker that serves other bytes under this name is not admitted.</summary>
/// <param name="Name">The public name, as clients send it.</param>
/// <param name="ManifestSha256">Hex SHA-256 of the manifest: the exact weights, tokenizer and template.</param>
/// <param name="TokenizerSha256">Hex SHA-256 of tokenizer, its configuration and chat template: what prompts are counted with.</param>
/// <param name="ContextTokens">The most tokens of prompt and completion together; of one input where it makes embeddings.</param>
/// <param name="DefaultMaxCompletionTokens">The most tokens generated where the request names no limit; the hold uses it too. 0 where it makes embeddings.</param>
/// <param name="Reserve">The most that the default lane pays: the cap of a request that names none.</param>
/// <param name="Created">When it came into the catalogue.</param>
/// <param name="EmbeddingDimensions">Numbers of its vectors where it makes embeddings; 0 where it chats.</param>
[GenerateSerializer, Alias("cocoon.CatalogModel")]
public sealed record CatalogModel(
    [property: Id(0)] string Name,
    [property: Id(1)] string ManifestSha256,
    [property: Id(2)] string TokenizerSha256,
    [property: Id(3)] int ContextTokens,
    [property: Id(4)] int DefaultMaxCompletionTokens,
    [property: Id(5)] TokenPrices Reserve,
    [property: Id(6)] DateTimeOffset Created,
    [property: Id(7)] int EmbeddingDimensions = 0)
{
    /// <summary>Whether it makes embeddings; otherwise it chats.</summary>
    public bool Embeds => EmbeddingDimensions > 0;
}
