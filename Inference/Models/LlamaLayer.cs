using TorchSharp;

namespace CocoonOrleans.Inference.Models;

/// <summary>Weights of one layer. Matrices that read the same input stand on top of each other, so that one product does their work.</summary>
/// <param name="AttentionNorm">[hidden].</param>
/// <param name="QueryKeyValue">[(heads + 2 x key-value heads) x head size, hidden].</param>
/// <param name="Output">[hidden, heads x head size].</param>
/// <param name="FeedForwardNorm">[hidden].</param>
/// <param name="GateUp">[2 x intermediate, hidden].</param>
/// <param name="Down">[hidden, intermediate].</param>
internal sealed record LlamaLayer(
    torch.Tensor AttentionNorm, torch.Tensor QueryKeyValue, torch.Tensor Output, torch.Tensor FeedForwardNorm, torch.Tensor GateUp, torch.Tensor Down) : IDisposable
{
    public void Dispose()
    {
        foreach (var tensor in (torch.Tensor[])[AttentionNorm, QueryKeyValue, Output, FeedForwardNorm, GateUp, Down])
        {
            tensor.Dispose();
        }
    }
}
