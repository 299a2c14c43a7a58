using System.Runtime.CompilerServices;

namespace CocoonOrleans.Inference.Cpu.Kernels;

/// <summary>One column behind the other.</summary>
/// <typeparam name="TLanes">The lanes.</typeparam>
internal readonly unsafe struct Float32Columns<TLanes> : IColumnPair<TLanes>
    where TLanes : unmanaged, ILanes<TLanes>
{
    public static int Bytes => 128;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(byte* weights, out TLanes even, out TLanes odd)
    {
        even = TLanes.Load(weights);
        odd = TLanes.Load(unchecked(weights + 64));
    }
}
