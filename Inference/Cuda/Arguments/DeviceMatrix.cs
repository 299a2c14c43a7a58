using System.Runtime.InteropServices;

namespace CocoonOrleans.Inference.Cuda.Arguments;

/// <summary><c>Matrix</c> of <c>common.cu</c>: a matrix on a GPU.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DeviceMatrix
{
    public nint Weights;
    public nint Scales;
    public int Rows;
    public int Stride;
}
