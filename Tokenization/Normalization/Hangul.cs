namespace CocoonOrleans.Tokenization.Normalization;

/// <summary>Korean syllables are put together by arithmetic (The Unicode Standard, section 3.12).</summary>
internal static class Hangul
{
    private const int Syllables = 0xAC00;
    private const int Leads = 0x1100;
    private const int Vowels = 0x1161;
    private const int Tails = 0x11A7;
    private const int LeadCount = 19;
    private const int VowelCount = 21;
    private const int TailCount = 28;
    private const int SyllableCount = LeadCount * VowelCount * TailCount;

    public static bool IsVowelOrTail(int codePoint) => codePoint is >= Vowels and < Vowels + VowelCount or > Tails and < Tails + TailCount;

    public static bool IsSyllable(int codePoint) => codePoint is >= Syllables and < Syllables + SyllableCount;

    public static bool TryDecompose(int codePoint, List<int> parts)
    {
        var index = codePoint - Syllables;
        if (index is < 0 or >= SyllableCount)
        {
            return false;
        }

        parts.Add(Leads + index / (VowelCount * TailCount));
        parts.Add(Vowels + index % (VowelCount * TailCount) / TailCount);
        if (index % TailCount != 0)
        {
            parts.Add(Tails + index % TailCount);
        }

        return true;
    }

    public static int? Compose(int first, int second)
    {
        if (first is >= Leads and < Leads + LeadCount && second is >= Vowels and < Vowels + VowelCount)
        {
            return Syllables + ((first - Leads) * VowelCount + second - Vowels) * TailCount;
        }

        var index = first - Syllables;
        return index is >= 0 and < SyllableCount && index % TailCount == 0 && second is > Tails and < Tails + TailCount ? first + second - Tails : null;
    }
}
