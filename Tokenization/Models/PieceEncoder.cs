using System.Runtime.InteropServices;

namespace CocoonOrleans.Tokenization.Models;

/// <summary>Encodes the pieces of one text, one by one. For one thread; <paramref name="cache"/> is the model's, shared by all.</summary>
internal abstract class PieceEncoder(PieceCache cache)
{
    /// <summary>Adds the ids of a piece.</summary>
    public void Encode(ReadOnlySpan<char> piece, List<int> ids)
    {
        if (cache.TryGet(piece, out var known))
        {
            ids.AddRange(known);
            return;
        }

        var start = ids.Count;
        EncodeNew(piece, ids);
        cache.Add(piece, CollectionsMarshal.AsSpan(ids)[start..]);
    }

    /// <summary>Adds the ids of a piece that was not in the cache; it is never empty and always valid Unicode.</summary>
    protected abstract void EncodeNew(ReadOnlySpan<char> piece, List<int> ids);
}
