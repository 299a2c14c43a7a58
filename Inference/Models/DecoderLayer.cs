using TorchSharp;

namespace CocoonOrleans.Inference.Models;

/// <summary>Weights of one layer. Matrices that read the same input stand on top of each other, so that one product does their work.</summary>
internal sealed record DecoderLayer : IDisposable
{
    /// <summary>[hidden].</summary>
    public required torch.Tensor AttentionNorm { get; init; }

    /// <summary>[(heads + 2 x key-value heads) x head size, hidden].</summary>
    public required torch.Tensor QueryKeyValue { get; init; }

    /// <summary>[(heads + 2 x key-value heads) x head size]; null where there is none.</summary>
    public torch.Tensor? QueryKeyValueBias { get; init; }

    /// <summary>[head size]; null where queries have no norm.</summary>
    public torch.Tensor? QueryNorm { get; init; }

    /// <summary>[head size]; null where keys have no norm.</summary>
    public torch.Tensor? KeyNorm { get; init; }

    /// <summary>[hidden, heads x head size].</summary>
    public required torch.Tensor Output { get; init; }

    /// <summary>[hidden]; null where attention's result is added as it is.</summary>
    public torch.Tensor? AttentionPostNorm { get; init; }

    /// <summary>[hidden].</summary>
    public required torch.Tensor FeedForwardNorm { get; init; }

    /// <summary>[2 x intermediate, hidden].</summary>
    public required torch.Tensor GateUp { get; init; }

    /// <summary>[hidden, intermediate].</summary>
    public required torch.Tensor Down { get; init; }

    /// <summary>[hidden]; null where the feed-forward layer's result is added as it is.</summary>
    public torch.Tensor? FeedForwardPostNorm { get; init; }

    public void Dispose()
    {
        foreach (var tensor in (torch.Tensor?[])[AttentionNorm, QueryKeyValue, QueryKeyValueBias, QueryNorm, KeyNorm, Output, AttentionPostNorm, FeedForwardNorm, GateUp, Down, FeedForwardPostNorm])
        {
            tensor?.Dispose();
        }
    }
}
