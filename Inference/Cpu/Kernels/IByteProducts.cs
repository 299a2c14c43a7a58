using System.Runtime.Intrinsics;

namespace CocoonOrleans.Inference.Cpu.Kernels;

/// <summary>How AVX2 multiplies int8 weights with int8 activations: see <see cref="ILanes{TSelf}.Dot"/>.</summary>
internal unsafe interface IByteProducts
{
    /// <summary>Whether this processor has the instructions.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>Reads eight rows of four weights.</summary>
    static abstract Vector256<float> Load(void* tile);

    /// <summary>What a sum begins with.</summary>
    /// <param name="sum">Sum of all activations that will take part.</param>
    static abstract int Begin(int sum);

    /// <summary>Adds to each lane its four products.</summary>
    static abstract Vector256<float> Dot(Vector256<float> sums, Vector256<float> weights, Vector256<float> activations);
}
