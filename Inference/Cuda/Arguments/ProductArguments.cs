using System.Runtime.InteropServices;

namespace CocoonOrleans.Inference.Cuda.Arguments;

/// <summary>Those of <c>product.cu</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ProductArguments
{
    public DeviceMatrix Matrix;
    public DeviceActivations Input;
    public nint Target;
    public int TargetStride;
    public int Rows;
    public int Add;
}
