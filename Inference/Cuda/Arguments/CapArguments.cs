using System.Runtime.InteropServices;

namespace CocoonOrleans.Inference.Cuda.Arguments;

/// <summary>Those of <c>rows.cu</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CapArguments
{
    public nint Values;
    public int Stride;
    public int Columns;
    public float Cap;
}
