namespace CocoonOrleans.Inference.Models;

/// <summary>What a feed-forward layer's gate goes through.</summary>
public enum Activation
{
    /// <summary>x times the logistic function of x.</summary>
    Silu,

    /// <summary>GELU by its tanh approximation, <c>gelu_pytorch_tanh</c>.</summary>
    GeluTanh,
}
