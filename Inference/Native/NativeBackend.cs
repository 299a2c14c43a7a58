namespace CocoonOrleans.Inference.Native;

/// <summary>What the <see cref="NativeEngine"/> computes with.</summary>
public enum NativeBackend
{
    /// <summary>libtorch, on the processor or on a GPU: every model, in float32 or bfloat16. In float32 on the processor the reference that the kernels are held against.</summary>
    Torch,

    /// <summary>Kernels of our own for the processor, the default: faster at decoding, also with fewer bits a weight, the same bits for any batch, and without libtorch.</summary>
    Cpu,

    /// <summary>Kernels of our own for an NVIDIA GPU, without libtorch. Not yet run on a GPU: their arithmetic is tested on a processor.</summary>
    Cuda,
}
