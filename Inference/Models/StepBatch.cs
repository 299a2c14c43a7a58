namespace CocoonOrleans.Inference.Models;

/// <summary>
/// What one step computes: for some sequences one or more tokens each, as one list of rows. Made once and filled anew for each step, so that a step
/// allocates nothing.
/// </summary>
/// <param name="maximumRows">The most rows.</param>
internal sealed class StepBatch(int maximumRows)
{
    private readonly int[] _ids = new int[maximumRows];
    private readonly int[] _positions = new int[maximumRows];
    private readonly List<BatchEntry> _entries = [];

    /// <summary>The most rows that fit.</summary>
    public int MaximumRows => maximumRows;

    /// <summary>Rows so far.</summary>
    public int Rows { get; private set; }

    /// <summary>Rows whose logits are asked for.</summary>
    public int LogitRows { get; private set; }

    /// <summary>Token id of each row.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Rows);

    /// <summary>Position of each row in its sequence.</summary>
    public ReadOnlySpan<int> Positions => _positions.AsSpan(0, Rows);

    /// <summary>The sequences, in the order of their rows.</summary>
    public IReadOnlyList<BatchEntry> Entries => _entries;

    /// <summary>Adds the next tokens of a sequence.</summary>
    /// <param name="ids">One or more tokens.</param>
    /// <param name="position">Position of the first one; all before it are in the cache.</param>
    /// <param name="blocks">Its blocks, which reach over all positions up to the last of these.</param>
    /// <param name="logitRows">For how many of the rows, counted from the last one back, logits are asked for.</param>
    public void Add(ReadOnlySpan<int> ids, int position, BlockTable blocks, int logitRows)
    {
        ids.CopyTo(_ids.AsSpan(Rows));
        for (var i = 0; i < ids.Length; i++)
        {
            _positions[Rows + i] = position + i;
        }

        _entries.Add(new BatchEntry(Rows, ids.Length, position, blocks, logitRows, LogitRows));
        Rows += ids.Length;
        LogitRows += logitRows;
    }

    /// <summary>The rows whose logits are asked for.</summary>
    public int[] OutputRows()
        => [.. _entries.SelectMany(entry => Enumerable.Range(entry.FirstRow + entry.Rows - entry.LogitRows, entry.LogitRows))];

    /// <summary>Forgets everything; the tokens too.</summary>
    public void Clear()
    {
        Array.Clear(_ids, 0, Rows);
        _entries.Clear();
        (Rows, LogitRows) = (0, 0);
    }
}
