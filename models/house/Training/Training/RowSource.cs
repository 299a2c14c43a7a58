using CocoonOrleans.HouseModel.Text;

namespace CocoonOrleans.HouseModel.Training;

/// <summary>
/// The batches of a run, by number: batch n is the same whether the run came there or was resumed there. They are made in pools of
/// <see cref="BatchesInPool"/>; within a pool rows of like length stand together, which leaves next to no padding. Not thread-safe.
/// </summary>
/// <param name="early">Makes the text until the turn.</param>
/// <param name="late">Makes the text from there on, from the first whole pool.</param>
/// <param name="turn">The step at which one follows the other.</param>
/// <param name="format">Writes dialogues.</param>
/// <param name="seed">Seed of the text.</param>
/// <param name="tokensInBatch">Tokens in a batch, padding included.</param>
public sealed class RowSource(Generator early, Generator late, long turn, ChatFormat format, ulong seed, int tokensInBatch)
{
    /// <summary>Batches in a pool.</summary>
    public const int BatchesInPool = 64;

    /// <summary>Longest row in tokens; longer dialogues are dropped.</summary>
    public const int LongestRow = 384;

    private long _pool = -1;
    private IReadOnlyList<Batch> _batches = [];

    /// <summary>The batch of a step, from 0.</summary>
    public Batch this[long step]
    {
        get
        {
            if (step / BatchesInPool != _pool)
            {
                _pool = step / BatchesInPool;
                _batches = MakePool(_pool * BatchesInPool < turn ? early : late, Dice.ForPart(seed, _pool));
            }

            return _batches[(int)(step % BatchesInPool)];
        }
    }

    private List<Batch> MakePool(Generator generator, Dice dice)
    {
        var rows = new List<Row>();
        var batches = new List<Batch>();
        while (batches.Count < BatchesInPool)
        {
            AddRows(generator, dice, rows, (BatchesInPool - batches.Count + 1) * tokensInBatch);
            rows = Cut(rows, batches);
        }

        for (var i = batches.Count - 1; i > 0; i--)
        {
            var other = dice.Next(i + 1);
            (batches[i], batches[other]) = (batches[other], batches[i]);
        }

        return batches;
    }

    private void AddRows(Generator generator, Dice dice, List<Row> rows, int tokens)
    {
        for (var count = 0; count < tokens;)
        {
            var row = format.Encode(generator.Next(dice));
            if (row.Ids.Length <= LongestRow)
            {
                rows.Add(row);
                count += row.Ids.Length;
            }
        }
    }

    /// <summary>Cuts full batches from rows of one bucket each, then from what is left of all buckets. Returns the rest.</summary>
    private List<Row> Cut(List<Row> rows, List<Batch> batches)
    {
        var left = new List<Row>();
        foreach (var bucket in rows.GroupBy(row => Batch.RoundUp(row.Ids.Length)).OrderBy(bucket => bucket.Key))
        {
            left.AddRange(CutBucket([.. bucket], bucket.Key, batches));
        }

        for (var end = left.Count; end > 0;)
        {
            var start = end - RowsInBatch(Batch.RoundUp(left[end - 1].Ids.Length));
            if (start < 0)
            {
                return left[..end];
            }

            batches.Add(new Batch(left[start..end]));
            end = start;
        }

        return [];
    }

    private List<Row> CutBucket(List<Row> rows, int length, List<Batch> batches)
    {
        var size = RowsInBatch(length);
        var whole = rows.Count / size * size;
        for (var start = 0; start < whole; start += size)
        {
            batches.Add(new Batch(rows[start..(start + size)]));
        }

        return rows[whole..];
    }

    private int RowsInBatch(int length) => Math.Max(1, tokensInBatch / length);
}
