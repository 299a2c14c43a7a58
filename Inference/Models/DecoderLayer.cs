namespace CocoonOrleans.Inference.Models;

/// <summary>Weights of one layer. Matrices that read the same input stand on top of each other, so that one product does their work.</summary>
/// <typeparam name="TMatrix">What a backend keeps matrices as.</typeparam>
/// <typeparam name="TVector">What it keeps vectors as.</typeparam>
internal sealed record DecoderLayer<TMatrix, TVector> : IDisposable
    where TMatrix : class, IDisposable
    where TVector : class, IDisposable
{
    /// <summary>[hidden].</summary>
    public required TVector AttentionNorm { get; init; }

    /// <summary>[(heads + 2 x key-value heads) x head size, hidden].</summary>
    public required TMatrix QueryKeyValue { get; init; }

    /// <summary>[(heads + 2 x key-value heads) x head size]; null where there is none.</summary>
    public TVector? QueryKeyValueBias { get; init; }

    /// <summary>[head size]; null where queries have no norm.</summary>
    public TVector? QueryNorm { get; init; }

    /// <summary>[head size]; null where keys have no norm.</summary>
    public TVector? KeyNorm { get; init; }

    /// <summary>[hidden, heads x head size].</summary>
    public required TMatrix Output { get; init; }

    /// <summary>[hidden]; null where attention's result is added as it is.</summary>
    public TVector? AttentionPostNorm { get; init; }

    /// <summary>[hidden].</summary>
    public required TVector FeedForwardNorm { get; init; }

    /// <summary>[2 x intermediate, hidden].</summary>
    public required TMatrix GateUp { get; init; }

    /// <summary>[hidden, intermediate].</summary>
    public required TMatrix Down { get; init; }

    /// <summary>[hidden]; null where the feed-forward layer's result is added as it is.</summary>
    public TVector? FeedForwardPostNorm { get; init; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var part in (IDisposable?[])[AttentionNorm, QueryKeyValue, QueryKeyValueBias, QueryNorm, KeyNorm, Output, AttentionPostNorm, FeedForwardNorm, GateUp, Down, FeedForwardPostNorm])
        {
            part?.Dispose();
        }
    }
}
