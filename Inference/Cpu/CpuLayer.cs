using CocoonOrleans.Inference.Cpu.Memory;
using CocoonOrleans.Inference.Cpu.Weights;

namespace CocoonOrleans.Inference.Cpu;

/// <summary>Weights of one layer. Matrices that read the same input stand on top of each other, so that one product does their work.</summary>
internal sealed record CpuLayer : IDisposable
{
    /// <summary>[hidden].</summary>
    public required NativeBlock AttentionNorm { get; init; }

    /// <summary>[(heads + 2 x key-value heads) x head size, hidden].</summary>
    public required WeightMatrix QueryKeyValue { get; init; }

    /// <summary>[(heads + 2 x key-value heads) x head size]; null where there is none.</summary>
    public NativeBlock? QueryKeyValueBias { get; init; }

    /// <summary>[head size]; null where queries have no norm.</summary>
    public NativeBlock? QueryNorm { get; init; }

    /// <summary>[head size]; null where keys have no norm.</summary>
    public NativeBlock? KeyNorm { get; init; }

    /// <summary>[hidden, heads x head size].</summary>
    public required WeightMatrix Output { get; init; }

    /// <summary>[hidden]; null where attention's result is added as it is.</summary>
    public NativeBlock? AttentionPostNorm { get; init; }

    /// <summary>[hidden].</summary>
    public required NativeBlock FeedForwardNorm { get; init; }

    /// <summary>[2 x intermediate, hidden].</summary>
    public required WeightMatrix GateUp { get; init; }

    /// <summary>[hidden, intermediate].</summary>
    public required WeightMatrix Down { get; init; }

    /// <summary>[hidden]; null where the feed-forward layer's result is added as it is.</summary>
    public NativeBlock? FeedForwardPostNorm { get; init; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var part in (IDisposable?[])[AttentionNorm, QueryKeyValue, QueryKeyValueBias, QueryNorm, KeyNorm, Output, AttentionPostNorm, FeedForwardNorm, GateUp, Down, FeedForwardPostNorm])
        {
            part?.Dispose();
        }
    }
}
