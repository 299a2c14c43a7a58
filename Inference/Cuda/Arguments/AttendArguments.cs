using System.Runtime.InteropServices;

namespace CocoonOrleans.Inference.Cuda.Arguments;

/// <summary>Those of <c>attention.cu</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AttendArguments
{
    public nint Projected;
    public nint Rows;
    public nint Tables;
    public nint Cache;
    public nint Parts;
    public int RowInts;
    public int Stride;
    public int FirstRow;
    public int Heads;
    public int Shared;
    public int Layer;
    public int Layers;
    public int Window;
    public int Splits;
    public float Scale;
    public float Cap;
}
