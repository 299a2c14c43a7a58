namespace CocoonOrleans.Inference.Cpu.Kernels;

/// <summary>What a gated feed-forward layer does to its gate.</summary>
internal enum GateActivation
{
    /// <summary>x / (1 + e^-x).</summary>
    Silu,

    /// <summary>GELU, approximated by tanh (Hendrycks and Gimpel, arXiv 1606.08415).</summary>
    GeluTanh,
}
