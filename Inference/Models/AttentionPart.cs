using static TorchSharp.torch;

namespace CocoonOrleans.Inference.Models;

/// <summary>Rows of a batch whose attention one call computes: one row each of several sequences, or several rows of one.</summary>
/// <param name="Place">Where it is computed.</param>
/// <param name="FirstRow">The first row.</param>
/// <param name="Sequences">Number of sequences.</param>
/// <param name="Rows">Rows of each.</param>
/// <param name="Length">Positions of the longest one.</param>
/// <param name="Slots">[sequences x length]: where the positions lie; behind the end of a shorter sequence its first position stands again, so that a number which is none spoils only its own answer.</param>
/// <param name="Places">[sequences, rows, 1]: the rows' positions.</param>
internal sealed record AttentionPart(TorchPlace Place, int FirstRow, int Sequences, int Rows, int Length, Tensor Slots, Tensor Places)
{
    private readonly Dictionary<int, Tensor> _masks = [];

    /// <summary>The parts of a batch, in the order of its rows.</summary>
    public static List<AttentionPart> Of(StepBatch batch, TorchPlace place)
    {
        var parts = new List<AttentionPart>();
        for (var first = 0; first < batch.Entries.Count;)
        {
            var end = first + 1;
            while (batch.Entries[first].Rows == 1 && end < batch.Entries.Count && batch.Entries[end].Rows == 1)
            {
                end++;
            }

            parts.Add(Of(batch, first, end, place));
            first = end;
        }

        return parts;
    }

    /// <summary>What hides from each row the positions behind it, and those before its window: [sequences, 1, groups x rows, length]; null where there are none.</summary>
    /// <remarks>Made in the scope of the first layer that wants it, and kept for those after it in the scope around that.</remarks>
    /// <param name="groups">Query heads for each key-value head.</param>
    /// <param name="window">How many positions, its own among them, a row sees; 0 for all.</param>
    public Tensor? Mask(int groups, int window)
    {
        // A window that no row fills hides nothing.
        window = window < Length ? window : 0;
        if (Sequences == 1 && Rows == 1 && window == 0)
        {
            return null;
        }

        if (!_masks.TryGetValue(window, out var mask))
        {
            var ahead = arange(Length, dtype: int64, device: Place.Device).view(1, 1, Length) - Places;
            var hidden = window == 0 ? ahead.gt(0) : ahead.gt(0).logical_or(ahead.le(-window));
            mask = zeros([Sequences, Rows, Length], Place.Numbers, Place.Device).masked_fill(hidden, float.NegativeInfinity)
                .view(Sequences, 1, 1, Rows, Length).expand(Sequences, 1, groups, Rows, Length).reshape(Sequences, 1, groups * Rows, Length)
                .MoveToOuterDisposeScope();
            _masks.Add(window, mask);
        }

        return mask;
    }

    private static AttentionPart Of(StepBatch batch, int first, int end, TorchPlace place)
    {
        var (sequences, rows) = (end - first, batch.Entries[first].Rows);
        var length = Enumerable.Range(first, sequences).Max(i => batch.Entries[i].Length);
        var slots = new int[sequences * length];
        for (var i = 0; i < sequences; i++)
        {
            var entry = batch.Entries[first + i];
            for (var position = 0; position < length; position++)
            {
                slots[i * length + position] = entry.Blocks.Slot(position < entry.Length ? position : 0);
            }
        }

        var firstRow = batch.Entries[first].FirstRow;
        var places = place.Indices(batch.Positions.Slice(firstRow, sequences * rows)).view(sequences, rows, 1);
        return new AttentionPart(place, firstRow, sequences, rows, length, place.Indices(slots), places);
    }
}
