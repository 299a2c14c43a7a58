using System.Numerics;
using System.Runtime.InteropServices;

namespace CocoonOrleans.Inference.Cpu.Weights;

/// <summary>bfloat16 numbers: the upper half of a float.</summary>
internal static class BFloat16
{
    private const uint LowerHalf = 0xFFFF;

    /// <summary>The nearest one, ties to even. The argument is finite.</summary>
    public static ushort Round(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>The nearest one whose magnitude is not smaller. The argument is finite.</summary>
    public static ushort RoundAway(float value) => (ushort)((BitConverter.SingleToUInt32Bits(value) + LowerHalf) >> 16);

    /// <summary>The number as a float: exact.</summary>
    public static float ToFloat(ushort value) => BitConverter.UInt32BitsToSingle((uint)value << 16);

    /// <summary>Whether all of these are bfloat16 numbers, so that nothing is lost when they are kept as such.</summary>
    public static bool Holds(ReadOnlySpan<float> values)
    {
        var bits = MemoryMarshal.Cast<float, uint>(values);
        var lower = new Vector<uint>(LowerHalf);
        for (; bits.Length >= Vector<uint>.Count; bits = bits[Vector<uint>.Count..])
        {
            if (Vector.BitwiseAnd(new Vector<uint>(bits), lower) != Vector<uint>.Zero)
            {
                return false;
            }
        }

        foreach (var value in bits)
        {
            if ((value & LowerHalf) != 0)
            {
                return false;
            }
        }

        return true;
    }
}
