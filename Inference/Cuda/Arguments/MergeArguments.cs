using System.Runtime.InteropServices;

namespace CocoonOrleans.Inference.Cuda.Arguments;

/// <summary>Those of <c>attention.cu</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MergeArguments
{
    public nint Parts;
    public nint Rows;
    public DeviceActivations Target;
    public int RowInts;
    public int FirstRow;
    public int Heads;
    public int Window;
    public int Splits;
}
