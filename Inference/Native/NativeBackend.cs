namespace CocoonOrleans.Inference.Native;

/// <summary>What the <see cref="NativeEngine"/> computes with.</summary>
public enum NativeBackend
{
    /// <summary>libtorch: every model in float32. The reference that the kernels are held against.</summary>
    Torch,

    /// <summary>Kernels of our own for the processor, the default: faster at decoding, also with fewer bits a weight, the same bits for any batch, and without libtorch.</summary>
    Cpu,
}
