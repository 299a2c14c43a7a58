using System.Runtime.InteropServices;
using CocoonOrleans.Inference.Cpu.Weights;

namespace CocoonOrleans.Inference.Cuda;

/// <summary>Turns rows of float32 weights into what a <see cref="CudaMatrix"/> holds.</summary>
internal static unsafe class MatrixPacking
{
    private const int Group = WeightMatrix.GroupColumns;

    /// <summary>Packs one row.</summary>
    /// <param name="format">How weights are kept.</param>
    /// <param name="row">The row's weights.</param>
    /// <param name="weights">Receives them packed: as many bytes as the matrix has for a row.</param>
    /// <param name="scales">Receives their scales, one for each 32; empty where the format has none.</param>
    /// <exception cref="NotFiniteNumberException">A weight is infinite or no number, or too large for the format.</exception>
    public static void PackRow(WeightFormat format, ReadOnlySpan<float> row, Span<byte> weights, Span<ushort> scales)
    {
        foreach (var weight in row)
        {
            if (!float.IsFinite(weight))
            {
                throw new NotFiniteNumberException("holds a weight that is infinite or no number", weight);
            }
        }

        weights.Clear();
        switch (format)
        {
            case WeightFormat.Float32:
                row.CopyTo(MemoryMarshal.Cast<byte, float>(weights));
                break;
            case WeightFormat.BFloat16:
                var halves = MemoryMarshal.Cast<byte, ushort>(weights);
                for (var i = 0; i < row.Length; i++)
                {
                    halves[i] = BFloat16.Round(row[i]);
                }

                break;
            case WeightFormat.Int8:
            case WeightFormat.Int4:
                PackGroups(format, row, weights, scales);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(format));
        }
    }

    private static void PackGroups(WeightFormat format, ReadOnlySpan<float> row, Span<byte> weights, Span<ushort> scales)
    {
        Span<float> group = stackalloc float[Group];
        var quantized = stackalloc byte[Group];
        for (var index = 0; index < scales.Length; index++)
        {
            group.Clear();
            var left = row[(index * Group)..];
            left[..Math.Min(Group, left.Length)].CopyTo(group);
            if (format == WeightFormat.Int8)
            {
                scales[index] = GroupQuantizer.Int8(group, (sbyte*)quantized);
                new Span<byte>(quantized, Group).CopyTo(weights[(index * Group)..]);
                continue;
            }

            // Four columns in the lower halves of four bytes, the next four in the upper ones.
            scales[index] = GroupQuantizer.Int4(group, quantized);
            var fours = (uint*)quantized;
            var target = MemoryMarshal.Cast<byte, uint>(weights)[(index * Group / 8)..];
            for (var i = 0; i < Group / 8; i++)
            {
                target[i] = fours[2 * i] | (fours[(2 * i) + 1] << 4);
            }
        }
    }
}
