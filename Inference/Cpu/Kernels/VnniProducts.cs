using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CocoonOrleans.Inference.Cpu.Kernels;

/// <summary>AVX-VNNI: one instruction for four products of a lane. It wants unsigned weights: they are made 128 too large, and so many times the activations' sum goes off at the start.</summary>
internal readonly unsafe struct VnniProducts : IByteProducts
{
    public static bool IsSupported => AvxVnni.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(void* tile) => (Vector256.Load((byte*)tile) ^ Vector256.Create((byte)128)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Begin(int sum) => unchecked(-128 * sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Dot(Vector256<float> sums, Vector256<float> weights, Vector256<float> activations)
        => AvxVnni.MultiplyWideningAndAdd(sums.AsInt32(), weights.AsByte(), activations.AsSByte()).AsSingle();
}
