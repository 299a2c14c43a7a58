using static TorchSharp.torch;

namespace CocoonOrleans.HouseModel.Training;

/// <summary>Rows that go through the network together.</summary>
public sealed class Batch(IReadOnlyList<Row> rows)
{
    /// <summary>Lengths are rounded up to a multiple of this, so that rows of one length are easy to find; padding costs as much time as text.</summary>
    public const int Bucket = 4;

    /// <summary>The rows.</summary>
    public IReadOnlyList<Row> Rows { get; } = rows;

    /// <summary>Tokens without padding.</summary>
    public int Tokens { get; } = rows.Sum(row => row.Ids.Length);

    /// <summary>Length of a row with its padding.</summary>
    public int Length { get; } = RoundUp(rows.Max(row => row.Ids.Length));

    /// <summary>A row's length, rounded up to its bucket.</summary>
    public static int RoundUp(int length) => (length + Bucket - 1) / Bucket * Bucket;

    /// <summary>Most parts that <see cref="Halve"/> makes.</summary>
    public const int Halves = 2;

    /// <summary>The rows in two batches of like size, or in one if there is but one row.</summary>
    public IReadOnlyList<Batch> Halve() => [.. Rows.Chunk((Rows.Count + 1) / Halves).Select(rows => new Batch(rows))];

    /// <summary>Tokens [rows, length], the wanted positions in them, and the tokens that should come next there.</summary>
    public (Tensor Ids, Tensor Positions, Tensor Targets) ToTensors(int padding)
    {
        var ids = new long[Rows.Count * Length];
        Array.Fill(ids, padding);
        var (positions, targets) = (new List<long>(), new List<long>());
        for (var r = 0; r < Rows.Count; r++)
        {
            var row = Rows[r];
            for (var i = 0; i < row.Ids.Length; i++)
            {
                ids[(r * Length) + i] = row.Ids[i];
            }

            positions.AddRange(row.Wanted.Select(position => (long)((r * Length) + position)));
            targets.AddRange(row.Wanted.Select(position => (long)row.Ids[position + 1]));
        }

        return (tensor(ids).view(Rows.Count, Length), tensor(positions.ToArray()), tensor(targets.ToArray()));
    }
}
