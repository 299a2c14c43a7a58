namespace CocoonOrleans.Tokenization.BytePairs;

/// <summary>
/// Merges the symbols of one piece: always the pair of lowest rank, the leftmost first. A linked list and a heap, so a piece of n symbols takes
/// n log n steps: SentencePiece-style models make one piece of a whole prompt. For one thread; reused from piece to piece.
/// </summary>
internal sealed class PairMerger(PairMerges merges)
{
    private const int None = -1;
    private const int Gone = -2;

    private readonly PriorityQueue<(int Position, int Merged), long> _heap = new();
    private int[] _next = [];
    private int[] _previous = [];

    /// <summary>Merges in place.</summary>
    /// <returns>How many symbols are left, at the front of <paramref name="symbols"/>.</returns>
    public int Merge(Span<int> symbols)
    {
        if (symbols.Length < 2)
        {
            return symbols.Length;
        }

        Link(symbols.Length);
        for (var i = 0; i + 1 < symbols.Length; i++)
        {
            Propose(symbols, i);
        }

        while (_heap.TryDequeue(out var candidate, out _))
        {
            var position = candidate.Position;
            var right = _next[position];
            if (right < 0 || !merges.TryGet(symbols[position], symbols[right], out var merge) || merge.Merged != candidate.Merged)
            {
                continue;
            }

            symbols[position] = merge.Merged;
            Unlink(position, right);
            if (_previous[position] >= 0)
            {
                Propose(symbols, _previous[position]);
            }

            Propose(symbols, position);
        }

        return Compact(symbols);
    }

    private void Link(int count)
    {
        if (_next.Length < count)
        {
            _next = new int[count];
            _previous = new int[count];
        }

        for (var i = 0; i < count; i++)
        {
            _next[i] = i + 1;
            _previous[i] = i - 1;
        }

        _next[count - 1] = None;
    }

    private void Unlink(int position, int right)
    {
        _next[position] = _next[right];
        if (_next[right] >= 0)
        {
            _previous[_next[right]] = position;
        }

        _next[right] = Gone;
    }

    private void Propose(ReadOnlySpan<int> symbols, int position)
    {
        var right = _next[position];
        if (right >= 0 && merges.TryGet(symbols[position], symbols[right], out var merge))
        {
            _heap.Enqueue((position, merge.Merged), ((long)merge.Rank << 32) | (uint)position);
        }
    }

    private int Compact(Span<int> symbols)
    {
        var count = 0;
        for (var i = 0; i >= 0; i = _next[i])
        {
            symbols[count++] = symbols[i];
        }

        return count;
    }
}
