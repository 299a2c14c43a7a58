using CocoonOrleans.Inference.Cpu.Memory;
using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Inference.Cpu;

/// <summary>
/// What a step has to know about its rows: token, position, and where the cache blocks of the row's sequence lie. Filled anew for each step; memory grows to the largest
/// step and stays.
/// </summary>
/// <param name="cache">The cache.</param>
/// <param name="maximumRows">The most rows.</param>
/// <param name="spanRows">The most rows of a span: neighbours in one sequence, whose attention is computed at once.</param>
internal sealed unsafe class StepRows(CpuKeyValueCache cache, int maximumRows, int spanRows) : IDisposable
{
    private readonly int[] _ids = new int[maximumRows];
    private readonly int[] _positions = new int[maximumRows];
    private readonly int[] _firstAddress = new int[maximumRows];
    private readonly int[] _logitRows = new int[maximumRows];
    private readonly int[] _logitTargets = new int[maximumRows];
    private readonly int[] _spanRows = new int[maximumRows + 1];
    private NativeBlock _addresses = new(1024 * sizeof(nint));

    /// <summary>Rows of this step.</summary>
    public int Count { get; private set; }

    /// <summary>Rows of this step whose logits are asked for.</summary>
    public int LogitCount { get; private set; }

    /// <summary>Spans that the rows are divided into.</summary>
    public int Spans { get; private set; }

    /// <summary>Takes some rows of a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="first">The first of them.</param>
    /// <param name="count">How many.</param>
    public void Take(StepBatch batch, int first, int count)
    {
        batch.Ids.Slice(first, count).CopyTo(_ids);
        batch.Positions.Slice(first, count).CopyTo(_positions);
        (Count, LogitCount, Spans) = (count, 0, 0);
        var addresses = 0;
        for (var i = 0; i < batch.Entries.Count; i++)
        {
            var entry = batch.Entries[i];
            var (from, end) = (Math.Max(entry.FirstRow, first), Math.Min(entry.FirstRow + entry.Rows, first + count));
            if (from >= end)
            {
                continue;
            }

            for (var row = from; row < end; row++)
            {
                _firstAddress[row - first] = addresses;
                if ((row - from) % spanRows == 0)
                {
                    _spanRows[Spans++] = row - first;
                }

                if (row >= entry.FirstRow + entry.Rows - entry.LogitRows)
                {
                    _logitRows[LogitCount] = row - first;
                    _logitTargets[LogitCount++] = entry.FirstLogitRow + row - (entry.FirstRow + entry.Rows - entry.LogitRows);
                }
            }

            var needed = ((entry.Position + end - entry.FirstRow - 1) / IDecoder.BlockTokens) + 1;
            var blocks = entry.Blocks.Blocks[..needed];
            Reserve(addresses, addresses + needed);
            var target = _addresses.Pointer<nint>(needed, addresses);
            for (var block = 0; block < needed; block++)
            {
                target[block] = (nint)cache.Address(blocks[block]);
            }

            addresses += needed;
        }

        _spanRows[Spans] = count;
    }

    /// <summary>A span's first row.</summary>
    public int SpanRow(int span) => _spanRows[span];

    /// <summary>Rows of a span.</summary>
    public int SpanLength(int span) => _spanRows[span + 1] - _spanRows[span];

    /// <summary>A row's token id.</summary>
    public int Id(int row) => _ids[row];

    /// <summary>A row's position.</summary>
    public int Position(int row) => _positions[row];

    /// <summary>Addresses of the blocks of a row's sequence.</summary>
    public nint* Blocks(int row) => _addresses.Pointer<nint>(1, _firstAddress[row]);

    /// <summary>The row that some row of logits is of.</summary>
    public int LogitRow(int index) => _logitRows[index];

    /// <summary>Where in the caller's logits it belongs.</summary>
    public int LogitTarget(int index) => _logitTargets[index];

    /// <inheritdoc/>
    public void Dispose() => _addresses.Dispose();

    private void Reserve(int used, int needed)
    {
        if ((long)needed * sizeof(nint) <= _addresses.Bytes)
        {
            return;
        }

        var grown = new NativeBlock(Math.Max(2L * _addresses.Bytes, (long)needed * sizeof(nint)));
        new Span<nint>(_addresses.Pointer<nint>(used), used).CopyTo(new Span<nint>(grown.Pointer<nint>(used), used));
        _addresses.Dispose();
        _addresses = grown;
    }
}
