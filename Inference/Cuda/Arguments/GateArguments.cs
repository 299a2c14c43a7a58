using System.Runtime.InteropServices;

namespace CocoonOrleans.Inference.Cuda.Arguments;

/// <summary>Those of <c>rows.cu</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GateArguments
{
    public nint GateUp;
    public DeviceActivations Target;
    public int Stride;
    public int Inner;
    public int Gelu;
}
