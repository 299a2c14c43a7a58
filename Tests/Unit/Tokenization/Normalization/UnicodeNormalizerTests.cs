using System.Security.Cryptography;
using System.Text;
using CocoonOrleans.Tests.Unit.Tokenization.Goldens;
using CocoonOrleans.Tokenization.Normalization;

namespace CocoonOrleans.Tests.Unit.Tokenization.Normalization;

public sealed class UnicodeNormalizerTests
{
    [Fact]
    public void Normalize_HardTexts_AreInNfc() =>
        Assert.All(TokenGoldens.Load().Rows, row => Assert.Equal(row.Nfc, new UnicodeNormalizer(compatible: false).Normalize(row.Text)));

    [Fact]
    public void Normalize_HardTexts_AreInNfkc() =>
        Assert.All(TokenGoldens.Load().Rows, row => Assert.Equal(row.Nfkc, new UnicodeNormalizer(compatible: true).Normalize(row.Text)));

    [Fact]
    public void Normalize_EveryCodePointAmongMarks_IsInNfc() => Assert.Equal(TokenGoldens.Load().NfcSha256, HashOfEveryCodePoint(compatible: false));

    [Fact]
    public void Normalize_EveryCodePointAmongMarks_IsInNfkc() => Assert.Equal(TokenGoldens.Load().NfkcSha256, HashOfEveryCodePoint(compatible: true));

    private static string HashOfEveryCodePoint(bool compatible)
    {
        var normalizer = new UnicodeNormalizer(compatible);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var codePoint = 0; codePoint < 0x110000; codePoint++)
        {
            if (Rune.IsValid(codePoint))
            {
                hash.AppendData(Encoding.UTF8.GetBytes(normalizer.Normalize($"a\u0323{new Rune(codePoint)}\u0301\u0327") + "\n"));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
