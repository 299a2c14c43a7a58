using System.Numerics;

namespace CocoonOrleans.Ton.Cells;

/// <summary>CRC-32C (Castagnoli), the check sum of a bag of cells.</summary>
internal static class Crc32C
{
    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }
}
