using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Markets;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Gateway.SealedRequests;

/// <summary>A request that its client sealed. All that is known of it stands in its clear header: its prompt's count is a bound, by its bytes and the model's context.</summary>
public sealed record SealedJob : AdmittedJob
{
    /// <summary>Hash of the clear header, which receipts name.</summary>
    public required Digest HeaderHash { get; init; }

    /// <summary>The workers that are here and can open it, by id, each with the statement to which it was sealed.</summary>
    public required IReadOnlyDictionary<string, BoundStatement> Workers { get; init; }

    /// <summary>The most tokens that the hold pays for.</summary>
    public required int HeldCompletionTokens { get; init; }

    /// <inheritdoc/>
    public override int MaxCompletionTokens => HeldCompletionTokens;

    /// <summary>Not known; the worker refuses what doesn't fit its context.</summary>
    public override int LongestContext => 1;

    /// <inheritdoc/>
    public override JobKind Kind => Model.Embeds ? JobKind.Embeddings : JobKind.Chat;

    /// <inheritdoc/>
    public override bool IsReadable => false;

    /// <inheritdoc/>
    public override LeaseWish Wish => base.Wish with { Workers = Workers.Keys.ToHashSet(StringComparer.Ordinal) };
}
