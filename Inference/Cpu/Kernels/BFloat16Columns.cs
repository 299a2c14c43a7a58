using System.Runtime.CompilerServices;

namespace CocoonOrleans.Inference.Cpu.Kernels;

/// <summary>Two columns in each lane: no instruction that widens, only a shift and a mask.</summary>
/// <typeparam name="TLanes">The lanes.</typeparam>
internal readonly unsafe struct BFloat16Columns<TLanes> : IColumnPair<TLanes>
    where TLanes : unmanaged, ILanes<TLanes>
{
    public static int Bytes => 64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(byte* weights, out TLanes even, out TLanes odd)
    {
        var pair = TLanes.Load(weights);
        even = TLanes.ShiftLeft(pair, 16);
        odd = TLanes.And(pair, TLanes.Broadcast(unchecked((int)0xFFFF0000)));
    }
}
