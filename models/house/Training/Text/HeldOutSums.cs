using CocoonOrleans.HouseModel.Text.Skills;

namespace CocoonOrleans.HouseModel.Text;

/// <summary>All sums of two numbers from 0 to 99 that training never fills into a wording, in this order of the two. The demo asks one of them.</summary>
public static class HeldOutSums
{
    /// <summary>The list in the model's folder: <c>12+34</c>, one a line, in ascending order.</summary>
    public const string FileName = "held-out-sums.txt";

    /// <summary>The pairs, ascending.</summary>
    public static IReadOnlyList<(int A, int B)> All { get; } =
        [.. Enumerable.Range(0, 100).SelectMany(a => Enumerable.Range(0, 100).Select(b => (A: a, B: b))).Where(sum => HeldOut.Contains(Addition.Key(sum.A, sum.B)))];

    /// <summary>Writes the list into an existing folder.</summary>
    public static void Write(string folder) => File.WriteAllLines(Path.Combine(folder, FileName), All.Select(sum => Addition.Key(sum.A, sum.B)));

    /// <summary>The sum as <c>cocoon demo</c> asks it, with its one right answer.</summary>
    public static Dialogue ToDialogue((int A, int B) sum) =>
        new(System: null, [new Turn("addition", $"What is {sum.A} plus {sum.B}?", Addition.Answer(sum.A, sum.B))]);
}
