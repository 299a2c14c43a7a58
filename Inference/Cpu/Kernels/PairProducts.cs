using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CocoonOrleans.Inference.Cpu.Kernels;

/// <summary>Plain AVX2: pairs of products in 16 bits, then pairs of those.</summary>
internal readonly unsafe struct PairProducts : IByteProducts
{
    public static bool IsSupported => Avx2.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(void* tile) => Vector256.Load((float*)tile);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Begin(int sum) => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Dot(Vector256<float> sums, Vector256<float> weights, Vector256<float> activations)
    {
        // As with AVX-512: |w| x (x with the sign of w) can't saturate.
        var w = weights.AsSByte();
        var pairs = Avx2.MultiplyAddAdjacent(Avx2.Abs(w), Avx2.Sign(activations.AsSByte(), w));
        return (sums.AsInt32() + Avx2.MultiplyAddAdjacent(pairs, Vector256<short>.One)).AsSingle();
    }
}
