using System.Runtime.InteropServices;

namespace CocoonOrleans.Inference.Cpu.Threads;

/// <summary>A number with its cache lines for itself, so that threads that write it disturb nobody who reads its neighbours.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct PaddedCounter
{
    /// <summary>The number.</summary>
    [FieldOffset(128)]
    public long Value;
}
