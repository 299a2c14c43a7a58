using System.Text.Json;
using CocoonOrleans.Tests.Unit.Tokenization.References;
using CocoonOrleans.Tokenization.Files;
using CocoonOrleans.Tokenization.Normalization;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tests.Unit.Tokenization.Normalization;

public sealed class PrecompiledNormalizerTests
{
    [Theory]
    [InlineData("\u00a0x①b", " 1B")]
    [InlineData("e\u0301", "\u00e9")]
    [InlineData("e", "e")]
    [InlineData("\ufb01\u0301", "fi")]
    [InlineData("½\u0301", "1\u20442")]
    [InlineData("\r\n", " ")]
    [InlineData("𝒜𝓁🍕", "Al🍕")]
    [InlineData("", "")]
    public void Normalize_OwnTable_ReplacesAsTheOriginal(string text, string expected) => Assert.Equal(expected, Read(MadeCharsMap.Base64()).Normalize(text, EncodingDeadline.Start()));

    [Fact]
    public void Read_MutatedTable_IsReadOrRefusedAndNeverFaults()
    {
        var good = Convert.FromBase64String(MadeCharsMap.Base64());
        var random = new Random(11);
        for (var i = 0; i < 2_000; i++)
        {
            var table = good.AsSpan(0, random.Next(4) == 0 ? random.Next(good.Length) : good.Length).ToArray();
            for (var changes = random.Next(1, 200); changes > 0 && table.Length > 0; changes--)
            {
                table[random.Next(table.Length)] = (byte)random.Next(256);
            }

            try
            {
                var normalizer = Read(Convert.ToBase64String(table));
                Assert.All(HardTexts.All.Take(20), text => Assert.True(normalizer.Normalize(text, EncodingDeadline.Start()).Length <= 64 * text.Length));
            }
            catch (TokenizerFormatException e)
            {
                Assert.Equal("normalizer.precompiled_charsmap", e.Field);
            }
        }
    }

    private static PrecompiledNormalizer Read(string base64)
    {
        using var step = JsonDocument.Parse(JsonSerializer.Serialize(new { type = "Precompiled", precompiled_charsmap = base64 }));
        return PrecompiledNormalizer.Read(new JsonField("tokenizer.json", "normalizer", step.RootElement));
    }
}
