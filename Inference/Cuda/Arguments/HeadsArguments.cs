using System.Runtime.InteropServices;

namespace CocoonOrleans.Inference.Cuda.Arguments;

/// <summary>Those of <c>heads.cu</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct HeadsArguments
{
    public nint Projected;
    public nint Bias;
    public nint QueryNorm;
    public nint KeyNorm;
    public nint Rows;
    public nint Angles;
    public nint Tables;
    public nint Cache;
    public int RowInts;
    public int Stride;
    public int Heads;
    public int Shared;
    public int Pairs;
    public int Layer;
    public int Layers;
    public float Epsilon;
}
