using CocoonOrleans.Inference.Cpu.Memory;
using CocoonOrleans.Inference.Cpu.Weights;

namespace CocoonOrleans.Inference.Cpu;

/// <summary>Weights of one layer of an encoder; each matrix with its bias. Queries, keys and values stand on top of each other.</summary>
internal sealed record CpuEncoderLayer : IDisposable
{
    /// <summary>[3 x hidden, hidden].</summary>
    public required WeightMatrix QueryKeyValue { get; init; }

    /// <summary>[3 x hidden].</summary>
    public required NativeBlock QueryKeyValueBias { get; init; }

    /// <summary>[hidden, hidden].</summary>
    public required WeightMatrix Output { get; init; }

    /// <summary>[hidden].</summary>
    public required NativeBlock OutputBias { get; init; }

    /// <summary>The norm behind attention.</summary>
    public required CpuEncoderNorm AttentionNorm { get; init; }

    /// <summary>[intermediate, hidden].</summary>
    public required WeightMatrix Up { get; init; }

    /// <summary>[intermediate].</summary>
    public required NativeBlock UpBias { get; init; }

    /// <summary>[hidden, intermediate].</summary>
    public required WeightMatrix Down { get; init; }

    /// <summary>[hidden].</summary>
    public required NativeBlock DownBias { get; init; }

    /// <summary>The norm behind the feed-forward layer.</summary>
    public required CpuEncoderNorm FeedForwardNorm { get; init; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var part in (IDisposable[])[QueryKeyValue, QueryKeyValueBias, Output, OutputBias, AttentionNorm, Up, UpBias, Down, DownBias, FeedForwardNorm])
        {
            part.Dispose();
        }
    }
}
