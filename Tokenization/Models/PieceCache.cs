using System.Collections.Concurrent;

namespace CocoonOrleans.Tokenization.Models;

/// <summary>Remembers the ids of short pieces. Bounded: once full it starts anew, so a stranger's rare words can't hold it for ever. Thread-safe.</summary>
internal sealed class PieceCache
{
    private const int LongestPiece = 32;
    private const int MostPieces = 32_768;

    private volatile Generation _current = new();

    public bool TryGet(ReadOnlySpan<char> piece, out int[] ids)
    {
        ids = [];
        return piece.Length <= LongestPiece && _current.Lookup.TryGetValue(piece, out ids!);
    }

    public void Add(ReadOnlySpan<char> piece, ReadOnlySpan<int> ids)
    {
        if (piece.Length > LongestPiece)
        {
            return;
        }

        var generation = _current;
        if (Interlocked.Increment(ref generation.Count) > MostPieces)
        {
            _current = generation = new Generation();
        }

        generation.Add(piece.ToString(), ids.ToArray());
    }

    private sealed class Generation
    {
        private readonly ConcurrentDictionary<string, int[]> _pieces = new(StringComparer.Ordinal);

        public int Count;

        public void Add(string piece, int[] ids) => _pieces[piece] = ids;

        public ConcurrentDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> Lookup => _pieces.GetAlternateLookup<ReadOnlySpan<char>>();
    }
}
