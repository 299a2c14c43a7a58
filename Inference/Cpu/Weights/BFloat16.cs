namespace CocoonOrleans.Inference.Cpu.Weights;

/// <summary>bfloat16 numbers: the upper half of a float.</summary>
internal static class BFloat16
{
    /// <summary>The nearest one, ties to even. The argument is finite.</summary>
    public static ushort Round(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>The nearest one whose magnitude is not smaller. The argument is finite.</summary>
    public static ushort RoundAway(float value) => (ushort)((BitConverter.SingleToUInt32Bits(value) + 0xFFFF) >> 16);

    /// <summary>The number as a float: exact.</summary>
    public static float ToFloat(ushort value) => BitConverter.UInt32BitsToSingle((uint)value << 16);
}
