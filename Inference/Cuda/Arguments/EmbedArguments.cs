using System.Runtime.InteropServices;

namespace CocoonOrleans.Inference.Cuda.Arguments;

/// <summary>Those of <c>product.cu</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct EmbedArguments
{
    public DeviceMatrix Matrix;
    public nint Rows;
    public nint Target;
    public int RowInts;
    public int TargetStride;
    public int Columns;
    public float Scale;
}
