using System.Runtime.InteropServices;

namespace CocoonOrleans.Inference.Formats;

/// <summary>Sizes and conversion of <see cref="WeightType"/>.</summary>
public static class WeightTypes
{
    /// <summary>Bytes that one weight takes.</summary>
    public static int Size(this WeightType type) => type switch
    {
        WeightType.Float32 => sizeof(float),
        WeightType.Int64 => sizeof(long),
        _ => sizeof(ushort),
    };

    /// <summary>Converts stored weights, little-endian, to float32.</summary>
    /// <param name="type">How they are stored.</param>
    /// <param name="source">A whole number of stored weights.</param>
    /// <param name="destination">As many floats.</param>
    public static void ToFloats(this WeightType type, ReadOnlySpan<byte> source, Span<float> destination)
    {
        switch (type)
        {
            case WeightType.Float32:
                source.CopyTo(MemoryMarshal.AsBytes(destination));
                break;
            case WeightType.BFloat16:
                var upper = MemoryMarshal.Cast<byte, ushort>(source);
                for (var i = 0; i < upper.Length; i++)
                {
                    destination[i] = BitConverter.UInt32BitsToSingle((uint)upper[i] << 16);
                }

                break;
            case WeightType.Float16:
                var halves = MemoryMarshal.Cast<byte, Half>(source);
                for (var i = 0; i < halves.Length; i++)
                {
                    destination[i] = (float)halves[i];
                }

                break;
            case WeightType.Int64:
                var numbers = MemoryMarshal.Cast<byte, long>(source);
                for (var i = 0; i < numbers.Length; i++)
                {
                    destination[i] = numbers[i];
                }

                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type));
        }
    }
}
