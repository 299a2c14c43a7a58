using CocoonOrleans.Inference.Cuda.Driver;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Models.Rotary;

namespace CocoonOrleans.Inference.Cuda;

/// <summary>
/// What a step has to know about its rows, as <c>Row</c> in <c>common.cu</c> has it, and the blocks of their sequences: filled in pinned memory, then copied to a place on the GPU
/// that never changes, so that a recorded graph finds it there. A row's angles are computed in double for each step: a table of all positions of a long context would take more
/// memory than the weights.
/// </summary>
internal sealed class StepInput : IDisposable
{
    private const int RowHead = 4;

    private readonly ICudaDevice _device;
    private readonly int _maximumRows;
    private readonly int _spareBlock;
    private readonly RotaryFrequencies[] _rotary;
    private readonly PinnedMemory _rows;
    private readonly PinnedMemory _tables;
    private readonly DeviceMemory _deviceRows;
    private readonly DeviceMemory _deviceTables;
    private readonly int[] _logitTargets;
    private int _tableInts;

    /// <param name="device">The GPU.</param>
    /// <param name="config">The shape.</param>
    /// <param name="contextTokens">Highest number of positions.</param>
    /// <param name="maximumRows">The most rows.</param>
    /// <param name="spareBlock">A block of the cache that no sequence has.</param>
    public StepInput(ICudaDevice device, DecoderConfig config, int contextTokens, int maximumRows, int spareBlock)
    {
        (_device, _maximumRows, _spareBlock) = (device, maximumRows, spareBlock);
        _rotary = [.. (config.WindowRotary == config.Rotary ? (RotaryPositions[])[config.Rotary] : [config.Rotary, config.WindowRotary]).Select(rotary => rotary.For(config.RotarySize, contextTokens))];
        Pairs = _rotary[0].Frequencies.Length;
        RowInts = RowHead + (2 * Pairs * _rotary.Length);
        var blocks = (contextTokens + IDecoder.BlockTokens - 1) / IDecoder.BlockTokens;
        _rows = new PinnedMemory(device, (long)maximumRows * RowInts * sizeof(int));
        _tables = new PinnedMemory(device, (long)maximumRows * blocks * sizeof(int));
        _deviceRows = new DeviceMemory(device, _rows.Length);
        _deviceTables = new DeviceMemory(device, _tables.Length);
        _logitTargets = new int[maximumRows];
    }

    /// <summary>Rows of this step.</summary>
    public int Count { get; private set; }

    /// <summary>Rows of this step whose logits are asked for.</summary>
    public int LogitCount { get; private set; }

    /// <summary>The highest position among them.</summary>
    public int LastPosition { get; private set; }

    /// <summary>Pairs of a head that turn.</summary>
    public int Pairs { get; }

    /// <summary>Ints of a row, its angles among them.</summary>
    public int RowInts { get; }

    /// <summary>Address of the rows.</summary>
    public nint Rows => _deviceRows.Address;

    /// <summary>Address of all tables of blocks.</summary>
    public nint Tables => _deviceTables.Address;

    /// <summary>Address of the first row's angles.</summary>
    /// <param name="window">Whether for layers with a window.</param>
    public nint Angles(bool window) => Rows + ((RowHead + (window && _rotary.Length > 1 ? 2 * Pairs : 0)) * sizeof(int));

    /// <summary>Address from which on the rows of logits are chosen.</summary>
    public nint Selection(int firstLogit) => Rows + (nint)((long)firstLogit * RowInts * sizeof(int));

    /// <summary>Where in the caller's logits a row of logits belongs.</summary>
    public int LogitTarget(int index) => _logitTargets[index];

    /// <summary>Takes some rows of a batch.</summary>
    /// <param name="batch">The batch; its positions lie within the context.</param>
    /// <param name="first">The first of them.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="ArgumentOutOfRangeException">A sequence has fewer blocks than positions, or one that the cache has not.</exception>
    public void Take(StepBatch batch, int first, int count)
    {
        (Count, LogitCount, LastPosition, _tableInts) = (count, 0, 0, 0);
        for (var i = 0; i < batch.Entries.Count; i++)
        {
            var entry = batch.Entries[i];
            var (from, end) = (Math.Max(entry.FirstRow, first), Math.Min(entry.FirstRow + entry.Rows, first + count));
            if (from >= end)
            {
                continue;
            }

            var firstLogit = entry.FirstRow + entry.Rows - entry.LogitRows;
            for (var row = from; row < end; row++)
            {
                SetRow(row - first, batch.Ids[row], batch.Positions[row], _tableInts);
                if (row >= firstLogit)
                {
                    Row(LogitCount)[3] = row - first;
                    _logitTargets[LogitCount++] = entry.FirstLogitRow + row - firstLogit;
                }
            }

            AddTable(entry.Blocks.Blocks, ((entry.Position + end - entry.FirstRow - 1) / IDecoder.BlockTokens) + 1);
        }
    }

    /// <summary>Adds rows that nobody asked for, up to a number: they compute on a block of their own, and nobody reads what becomes of them.</summary>
    public void PadTo(int count)
    {
        for (var row = Count; row < count; row++)
        {
            SetRow(row, 0, 0, _tableInts);
            Row(row)[3] = row;
        }

        _tables.Span<int>(_tableInts++, 1)[0] = _spareBlock;
        Count = count;
    }

    /// <summary>Brings it all to the GPU. What is in pinned memory must stay until that is done.</summary>
    public void Upload()
    {
        _device.Upload(Rows, _rows.Address, (long)Count * RowInts * sizeof(int));
        _device.Upload(Tables, _tables.Address, (long)_tableInts * sizeof(int));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rows.Dispose();
        _tables.Dispose();
        _deviceRows.Dispose();
        _deviceTables.Dispose();
    }

    private Span<int> Row(int row) => _rows.Span<int>(row * RowInts, RowInts);

    private void SetRow(int row, int id, int position, int table)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, _maximumRows);
        var head = Row(row);
        (head[0], head[1], head[2]) = (id, position, table);
        LastPosition = Math.Max(LastPosition, position);
        var angles = _rows.Span<float>((row * RowInts) + RowHead, RowInts - RowHead);
        foreach (var turning in _rotary)
        {
            for (var i = 0; i < Pairs; i++)
            {
                var (sine, cosine) = Math.SinCos(position * turning.Frequencies[i]);
                angles[i] = (float)(cosine * turning.Magnitude);
                angles[Pairs + i] = (float)(sine * turning.Magnitude);
            }

            angles = angles[(2 * Pairs)..];
        }
    }

    private void AddTable(ReadOnlySpan<int> blocks, int needed)
    {
        var table = blocks[..needed];
        foreach (var block in table)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(block);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(block, _spareBlock);
        }

        table.CopyTo(_tables.Span<int>(_tableInts, needed));
        _tableInts += needed;
    }
}
