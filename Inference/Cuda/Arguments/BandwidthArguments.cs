using System.Runtime.InteropServices;

namespace CocoonOrleans.Inference.Cuda.Arguments;

/// <summary>Those of <c>bandwidth.cu</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BandwidthArguments
{
    public nint Memory;
    public nint Sums;
    public long Pieces;
}
