namespace CocoonOrleans.Inference.Cpu.Kernels;

/// <summary>Number of activation rows that a kernel computes at once: a type, so that each has its own code.</summary>
internal interface IRowCount
{
    static abstract int Count { get; }
}

/// <summary>One row.</summary>
internal readonly struct OneRow : IRowCount
{
    public static int Count => 1;
}

/// <summary>Two rows.</summary>
internal readonly struct TwoRows : IRowCount
{
    public static int Count => 2;
}

/// <summary>Four rows.</summary>
internal readonly struct FourRows : IRowCount
{
    public static int Count => 4;
}
