using TorchSharp;

namespace CocoonOrleans.Inference.Models;

/// <summary>Weights of one layer of an encoder; each matrix with its bias. Queries, keys and values stand on top of each other.</summary>
internal sealed record EncoderLayer : IDisposable
{
    /// <summary>[3 x hidden, hidden].</summary>
    public required torch.Tensor QueryKeyValue { get; init; }

    /// <summary>[3 x hidden].</summary>
    public required torch.Tensor QueryKeyValueBias { get; init; }

    /// <summary>[hidden, hidden].</summary>
    public required torch.Tensor Output { get; init; }

    /// <summary>[hidden].</summary>
    public required torch.Tensor OutputBias { get; init; }

    /// <summary>The norm behind attention.</summary>
    public required EncoderNorm AttentionNorm { get; init; }

    /// <summary>[intermediate, hidden].</summary>
    public required torch.Tensor Up { get; init; }

    /// <summary>[intermediate].</summary>
    public required torch.Tensor UpBias { get; init; }

    /// <summary>[hidden, intermediate].</summary>
    public required torch.Tensor Down { get; init; }

    /// <summary>[hidden].</summary>
    public required torch.Tensor DownBias { get; init; }

    /// <summary>The norm behind the feed-forward layer.</summary>
    public required EncoderNorm FeedForwardNorm { get; init; }

    public void Dispose()
    {
        foreach (var part in (IDisposable[])[QueryKeyValue, QueryKeyValueBias, Output, OutputBias, AttentionNorm, Up, UpBias, Down, DownBias, FeedForwardNorm])
        {
            part.Dispose();
        }
    }
}
