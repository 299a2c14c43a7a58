namespace CocoonOrleans.Inference.Grammars.Patterns;

/// <summary>
/// The UTF-8 of a set of characters as rows of byte ranges: a character is in the set exactly where its bytes lie in the ranges of one row. Source of
/// the well-formed bytes: the Unicode Standard, table 3-7.
/// </summary>
internal static class Utf8Rows
{
    private const int ContinuationBits = 6;
    private static readonly (int Low, int High)[] Lengths = [(0, 0x7F), (0x80, 0x7FF), (0x800, 0xFFFF), (0x10000, 0x10FFFF)];
    private static readonly int[] Leads = [0, 0xC0, 0xE0, 0xF0];

    /// <summary>The rows.</summary>
    public static List<(byte Low, byte High)[]> Of(CodePointSet set)
    {
        var rows = new List<(byte, byte)[]>();
        for (var continuations = 0; continuations < Lengths.Length; continuations++)
        {
            foreach (var (low, high) in set.Within(Lengths[continuations].Low, Lengths[continuations].High).Ranges)
            {
                Split(rows, [], low, high, continuations, Leads[continuations]);
            }
        }

        return rows;
    }

    /// <summary>Cuts a range so that in each part every byte takes all values between its bounds, whatever the others are.</summary>
    private static void Split(List<(byte, byte)[]> rows, (byte, byte)[] before, int low, int high, int continuations, int lead)
    {
        if (continuations == 0)
        {
            rows.Add([.. before, ((byte)(lead | low), (byte)(lead | high))]);
            return;
        }

        var shift = ContinuationBits * continuations;
        var below = (1 << shift) - 1;
        var (first, last) = (low >> shift, high >> shift);
        if (first == last)
        {
            Split(rows, [.. before, Lead(first, first)], low & below, high & below, continuations - 1, 0x80);
            return;
        }

        if ((low & below) != 0)
        {
            Split(rows, [.. before, Lead(first, first)], low & below, below, continuations - 1, 0x80);
            first++;
        }

        if ((high & below) != below)
        {
            Split(rows, [.. before, Lead(last, last)], 0, high & below, continuations - 1, 0x80);
            last--;
        }

        if (first <= last)
        {
            Split(rows, [.. before, Lead(first, last)], 0, below, continuations - 1, 0x80);
        }

        (byte, byte) Lead(int from, int to) => ((byte)(lead | from), (byte)(lead | to));
    }
}
