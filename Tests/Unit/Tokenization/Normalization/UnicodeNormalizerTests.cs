using System.Security.Cryptography;
using System.Text;
using CocoonOrleans.Tests.Unit.Tokenization.Goldens;
using CocoonOrleans.Tokenization.Normalization;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tests.Unit.Tokenization.Normalization;

public sealed class UnicodeNormalizerTests
{
    [Fact]
    public void Normalize_HardTexts_AreInNfc() =>
        Assert.All(TokenGoldens.Load().Rows, row => Assert.Equal(row.Nfc, Normalize(row.Text, compatible: false, composed: true)));

    [Fact]
    public void Normalize_HardTexts_AreInNfkc() =>
        Assert.All(TokenGoldens.Load().Rows, row => Assert.Equal(row.Nfkc, Normalize(row.Text, compatible: true, composed: true)));

    [Fact]
    public void Normalize_EveryCodePointAmongMarks_IsInNfc() => Assert.Equal(TokenGoldens.Load().NfcSha256, HashOfEveryCodePoint(compatible: false));

    [Fact]
    public void Normalize_EveryCodePointAmongMarks_IsInNfkc() => Assert.Equal(TokenGoldens.Load().NfkcSha256, HashOfEveryCodePoint(compatible: true));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Normalize_EveryCodePointAmongMarks_IsFullyDecomposedAndComposesAgain(bool compatible)
    {
        foreach (var text in EveryCodePointAmongMarks().Where(text => !IsPlainIdeographOrSyllable(text)))
        {
            var decomposed = Normalize(text, compatible, composed: false);
            Assert.Equal(decomposed, Normalize(decomposed, compatible, composed: false));
            Assert.Equal(Normalize(text, compatible, composed: true), Normalize(decomposed, compatible, composed: true));
        }
    }

    [Theory]
    [InlineData("\u00e9\u1e69\ud55c\u212b", false, "e\u0301s\u0323\u0307\u1112\u1161\u11abA\u030a")]
    [InlineData("\ufb01\u2460\u1e9b", true, "fi1s\u0307")]
    [InlineData("a\u0301\u0323", false, "a\u0323\u0301")]
    public void Normalize_Decomposed_IsInOrder(string text, bool compatible, string expected) => Assert.Equal(expected, Normalize(text, compatible, composed: false));

    private static string Normalize(string text, bool compatible, bool composed) => new UnicodeNormalizer(compatible, composed).Normalize(text, EncodingDeadline.Start());

    /// <summary>Of the big blocks, whose characters are all alike, one in 64 is enough.</summary>
    private static bool IsPlainIdeographOrSyllable(string text) => text[2] is >= '\u3400' and < '\uD7A4' && text[2] % 64 != 0;

    private static IEnumerable<string> EveryCodePointAmongMarks() =>
        Enumerable.Range(0, 0x30000).Where(Rune.IsValid).Select(codePoint => $"a\u0323{new Rune(codePoint)}\u0301\u0327");

    private static string HashOfEveryCodePoint(bool compatible)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var text in EveryCodePointAmongMarks())
        {
            hash.AppendData(Encoding.UTF8.GetBytes(Normalize(text, compatible, composed: true) + "\n"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
