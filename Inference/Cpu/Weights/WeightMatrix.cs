using System.Runtime.CompilerServices;
using CocoonOrleans.Inference.Cpu.Memory;

namespace CocoonOrleans.Inference.Cpu.Weights;

/// <summary>
/// A matrix of weights in tiles, for products with vectors on a CPU. A tile row is 16 rows of the matrix, one for each lane of a vector, so products need no
/// sums across lanes; in it columns follow each other, 64 bytes at a time: one column (float32), two (bfloat16), four (int8) or eight (int4; the
/// first four of them in the lower halves of the bytes). Rows are padded to a multiple of 16, columns to one of 32, with zeros.
/// </summary>
internal sealed unsafe class WeightMatrix : IDisposable
{
    /// <summary>Rows of a tile.</summary>
    public const int TileRows = 16;

    /// <summary>Columns that share a scale.</summary>
    public const int GroupColumns = 32;

    private readonly NativeBlock _tiles;
    private readonly NativeBlock? _scales;

    /// <summary>Makes a matrix of zeros.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A dimension is not positive.</exception>
    public WeightMatrix(WeightFormat format, int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        Format = format;
        Rows = rows;
        Columns = columns;
        PaddedColumns = Pad(columns, GroupColumns);
        Tiles = Pad(rows, TileRows) / TileRows;
        TileBytes = (long)PaddedColumns * TileRows * Bits(format) / 8;
        _tiles = new NativeBlock(TileBytes * Tiles);
        if (IsScaled)
        {
            _scales = new NativeBlock((long)Tiles * Groups * TileRows * sizeof(ushort));
        }
    }

    /// <summary>How the weights are kept.</summary>
    public WeightFormat Format { get; }

    /// <summary>Rows: numbers that a product gives.</summary>
    public int Rows { get; }

    /// <summary>Columns: numbers that a product takes.</summary>
    public int Columns { get; }

    /// <summary><see cref="Columns"/>, rounded up to a multiple of 32.</summary>
    public int PaddedColumns { get; }

    /// <summary>Groups of 32 columns.</summary>
    public int Groups => PaddedColumns / GroupColumns;

    /// <summary>Tile rows: sixteen rows each.</summary>
    public int Tiles { get; }

    /// <summary>Bytes of a tile row without its scales.</summary>
    public long TileBytes { get; }

    /// <summary>Bytes that a product reads.</summary>
    public long Bytes => _tiles.Bytes + (_scales?.Bytes ?? 0);

    /// <summary>Whether weights are integers with scales, which want quantised activations.</summary>
    public bool IsScaled => Format is WeightFormat.Int8 or WeightFormat.Int4;

    /// <summary>A tile row.</summary>
    public byte* Tile(int tile) => _tiles.Pointer<byte>(TileBytes, tile * TileBytes);

    /// <summary>A tile row's scales, bfloat16: sixteen side by side for each group.</summary>
    public ushort* Scales(int tile) => _scales!.Pointer<ushort>((long)Groups * TileRows, (long)tile * Groups * TileRows);

    /// <summary>Sets rows. Different rows may be set at the same time.</summary>
    /// <param name="firstRow">The first of them.</param>
    /// <param name="values">Their weights, row-major: a multiple of <see cref="Columns"/>.</param>
    /// <exception cref="ArgumentException">Not whole rows of this matrix.</exception>
    /// <exception cref="NotFiniteNumberException">A weight is infinite or no number.</exception>
    public void SetRows(int firstRow, ReadOnlySpan<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstRow);
        if (values.Length % Columns != 0 || values.Length / Columns > Rows - firstRow)
        {
            throw new ArgumentException($"{values.Length} values from row {firstRow} on are not rows of a matrix of {Rows} x {Columns}", nameof(values));
        }

        Span<float> group = stackalloc float[GroupColumns];
        for (var row = firstRow; !values.IsEmpty; row++, values = values[Columns..])
        {
            var left = values[..Columns];
            for (var index = 0; index < Groups; index++)
            {
                group.Clear();
                var count = Math.Min(GroupColumns, left.Length);
                left[..count].CopyTo(group);
                left = left[count..];
                SetGroup(row, index, group);
            }
        }
    }

    /// <summary>Reads a row back as floats: what its weights are worth in products.</summary>
    /// <param name="row">The row.</param>
    /// <param name="target">Receives <see cref="Columns"/> floats.</param>
    public void ReadRow(int row, Span<float> target)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(target.Length, Columns, nameof(target));
        var tile = Tile(row / TileRows);
        var scales = IsScaled ? Scales(row / TileRows) : null;
        ReadLane(Format, tile, scales, row % TileRows, target[..Columns]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tiles.Dispose();
        _scales?.Dispose();
    }

    /// <summary>Rounds up to a multiple.</summary>
    public static int Pad(int value, int multiple) => checked((value + multiple - 1) / multiple * multiple);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ReadLane(WeightFormat format, byte* tile, ushort* scales, int lane, Span<float> target)
    {
        unchecked
        {
            var floats = (float*)tile + lane;
            var halves = (ushort*)tile + (2 * lane);
            var bytes = tile + (4 * lane);
            for (var column = 0; column < target.Length; column++)
            {
                target[column] = format switch
                {
                    WeightFormat.Float32 => floats[column * TileRows],
                    WeightFormat.BFloat16 => BFloat16.ToFloat(halves[(column / 2 * 2 * TileRows) + (column % 2)]),
                    WeightFormat.Int8 => (sbyte)bytes[(column / 4 * 4 * TileRows) + (column % 4)] * BFloat16.ToFloat(scales[(column / GroupColumns * TileRows) + lane]),
                    _ => (((bytes[(column / 8 * 4 * TileRows) + (column % 4)] >> (column % 8 / 4 * 4)) & 15) - 8) * BFloat16.ToFloat(scales[(column / GroupColumns * TileRows) + lane]),
                };
            }
        }
    }

    private static int Bits(WeightFormat format) => format switch
    {
        WeightFormat.Float32 => 32,
        WeightFormat.BFloat16 => 16,
        WeightFormat.Int8 => 8,
        WeightFormat.Int4 => 4,
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    private void SetGroup(int row, int index, ReadOnlySpan<float> group)
    {
        var tile = Tile(row / TileRows);
        var lane = row % TileRows;
        RequireFinite(row, group);
        unchecked
        {
            switch (Format)
            {
                case WeightFormat.Float32:
                    for (var i = 0; i < GroupColumns; i++)
                    {
                        ((float*)tile)[(((index * GroupColumns) + i) * TileRows) + lane] = group[i];
                    }

                    break;
                case WeightFormat.BFloat16:
                    for (var i = 0; i < GroupColumns; i += 2)
                    {
                        ((uint*)tile)[(((index * GroupColumns) + i) / 2 * TileRows) + lane] = BFloat16.Round(group[i]) | ((uint)BFloat16.Round(group[i + 1]) << 16);
                    }

                    break;
                default:
                    SetScaledGroup(row, index, group);
                    break;
            }
        }
    }

    private void SetScaledGroup(int row, int index, ReadOnlySpan<float> group)
    {
        unchecked
        {
            var quantized = stackalloc byte[GroupColumns];
            var scale = Format == WeightFormat.Int8 ? GroupQuantizer.Int8(group, (sbyte*)quantized) : GroupQuantizer.Int4(group, quantized);
            Scales(row / TileRows)[(index * TileRows) + (row % TileRows)] = scale;
            var fours = (uint*)quantized;
            var target = (uint*)Tile(row / TileRows) + (row % TileRows);
            if (Format == WeightFormat.Int8)
            {
                for (var i = 0; i < 8; i++)
                {
                    target[((index * 8) + i) * TileRows] = fours[i];
                }
            }
            else
            {
                for (var i = 0; i < 4; i++)
                {
                    target[((index * 4) + i) * TileRows] = fours[2 * i] | (fours[(2 * i) + 1] << 4);
                }
            }
        }
    }

    private static void RequireFinite(int row, ReadOnlySpan<float> group)
    {
        foreach (var weight in group)
        {
            if (!float.IsFinite(weight))
            {
                throw new NotFiniteNumberException($"row {row} holds a weight that is infinite or no number", weight);
            }
        }
    }
}
