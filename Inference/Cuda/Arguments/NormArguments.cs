using System.Runtime.InteropServices;

namespace CocoonOrleans.Inference.Cuda.Arguments;

/// <summary>Those of <c>rows.cu</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NormArguments
{
    public nint Source;
    public nint Weight;
    public DeviceActivations Target;
    public nint Sum;
    public nint Selection;
    public int RowInts;
    public int Stride;
    public int Columns;
    public float Epsilon;
}
