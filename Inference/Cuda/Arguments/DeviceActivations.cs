using System.Runtime.InteropServices;

namespace CocoonOrleans.Inference.Cuda.Arguments;

/// <summary><c>Activations</c> of <c>common.cu</c>: rows of activations on a GPU.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DeviceActivations
{
    public nint Values;
    public nint Bytes;
    public nint Scales;
    public nint Sums;
    public int Stride;
}
