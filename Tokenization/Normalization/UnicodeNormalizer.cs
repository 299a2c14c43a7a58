using System.Text;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tokenization.Normalization;

/// <summary>
/// NFC, NFKC where <paramref name="compatible"/>, NFD and NFKD where not <paramref name="composed"/> (Unicode Standard Annex 15). Ours, because .NET without ICU leaves the text as it is, and because
/// everyone who counts a prompt must count the same.
/// </summary>
internal sealed class UnicodeNormalizer(bool compatible, bool composed) : ITextNormalizer
{
    private const int Adjacent = -1;
    private static readonly UnicodeForms Forms = UnicodeForms.Table;

    public string Normalize(string text, EncodingDeadline deadline)
    {
        if (IsUnchanged(text))
        {
            return text;
        }

        var codePoints = Decompose(text);
        Reorder(codePoints);
        if (composed)
        {
            Compose(codePoints);
        }

        var result = new StringBuilder(text.Length);
        foreach (var codePoint in codePoints)
        {
            result.Append(new Rune(codePoint));
        }

        return result.ToString();
    }

    private bool IsUnchanged(string text)
    {
        // Below U+00A0 no form changes anything, and nothing there combines.
        if (!text.AsSpan().ContainsAnyExceptInRange('\0', '\u009F'))
        {
            return true;
        }

        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value >= 0xA0 && MayChange(rune.Value))
            {
                return false;
            }
        }

        return true;
    }

    private bool MayChange(int codePoint) => composed
        ? Forms.MayChange(codePoint, compatible) || Hangul.IsVowelOrTail(codePoint)
        : Forms.RankOf(codePoint) > 0 || Forms.Decompose(codePoint, compatible) is not null || Hangul.IsSyllable(codePoint);

    private List<int> Decompose(string text)
    {
        var codePoints = new List<int>(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Forms.Decompose(rune.Value, compatible) is { } parts)
            {
                codePoints.AddRange(parts);
            }
            else if (!Hangul.TryDecompose(rune.Value, codePoints))
            {
                codePoints.Add(rune.Value);
            }
        }

        return codePoints;
    }

    /// <summary>Sorts each run of combining marks by rank; marks of one rank keep their order.</summary>
    private static void Reorder(List<int> codePoints)
    {
        for (var start = 0; start < codePoints.Count; start++)
        {
            var end = start;
            while (end < codePoints.Count && Forms.RankOf(codePoints[end]) > 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                var sorted = codePoints[start..end].OrderBy(Forms.RankOf).ToArray();
                for (var i = 0; i < sorted.Length; i++)
                {
                    codePoints[start + i] = sorted[i];
                }
            }

            start = end;
        }
    }

    /// <summary>Joins each mark with the last letter before it, unless a mark of the same or a higher rank stands between.</summary>
    private static void Compose(List<int> codePoints)
    {
        var (starter, count, lastRank) = (-1, 0, Adjacent);
        for (var i = 0; i < codePoints.Count; i++)
        {
            var codePoint = codePoints[i];
            var rank = Forms.RankOf(codePoint);
            var composite = starter >= 0 && (lastRank < rank || lastRank == Adjacent)
                ? Forms.Compose(codePoints[starter], codePoint) ?? Hangul.Compose(codePoints[starter], codePoint)
                : null;
            if (composite is not null)
            {
                codePoints[starter] = composite.Value;
                continue;
            }

            (starter, lastRank) = rank == 0 ? (count, Adjacent) : (starter, rank);
            codePoints[count++] = codePoint;
        }

        codePoints.RemoveRange(count, codePoints.Count - count);
    }
}
