using System.Text.Json;
using CocoonOrleans.Tests.Unit.Tokenization.Goldens;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tests.Unit.Tokenization.Tokenizers;

public sealed class TokenizerGoldenTests
{
    [SkippableFact]
    public void Encode_HardTextsQwen3_AreWhatHuggingFaceGives() => AssertEqual(Tokenizer.Load(ReferenceModels.Qwen3), row => row.Qwen3);

    [SkippableFact]
    public void Encode_HardTextsStories_AreWhatHuggingFaceGives() => AssertEqual(Tokenizer.Load(ReferenceModels.Stories), row => row.Stories);

    [SkippableFact]
    public void Decode_HardTextsQwen3_GivesTheTextInNfc()
    {
        var tokenizer = Tokenizer.Load(ReferenceModels.Qwen3);

        Assert.All(TokenGoldens.Load().Rows, row => Assert.Equal(row.Nfc, tokenizer.Decode(tokenizer.Encode(row.Text, addSpecialTokens: true))));
    }

    private static void AssertEqual(Tokenizer tokenizer, Func<TokenGoldens.Row, int[]?> expected)
    {
        var differing = TokenGoldens.Load().Rows
            .Select(row => (row.Text, Expected: expected(row), Actual: tokenizer.Encode(row.Text, addSpecialTokens: false)))
            .Where(row => row.Expected is not null && !row.Expected.SequenceEqual(row.Actual))
            .Select(row => JsonSerializer.Serialize(new { row.Text, row.Expected, row.Actual }));

        Assert.Empty(differing);
    }
}
