using CocoonOrleans.Inference.Upstream;
using CocoonOrleans.Tests.Inference.HouseModel;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tests.Inference.Upstream;

/// <summary>Counting the tokens of an answer that comes as text, with a byte-level tokenizer and a SentencePiece one.</summary>
public sealed class TextTokensTests
{
    private const string Story = "Once upon a time, there was a little cat.\nShe said:  \"It's 12345 o'clock!\"\n\nThe caf\u00e9 \U0001F408 was closed; so she went home, and slept.";

    [Fact]
    public void ByteLevel_InPiecesOfAnySize_DecodesToTheTextWithItsCount() => Check(Tokenizer.Load(HouseModelFolder.Path));

    [SkippableFact]
    public void SentencePiece_InPiecesOfAnySize_DecodesToTheTextWithItsCount() => Check(Tokenizer.Load(Stories260K.Folder));

    [Fact]
    public void WordWithoutEnd_IsTakenInBoundedPieces()
    {
        using var model = new TinyModel();
        var tokens = new TextTokens(TextEncoding.For(Tokenizer.Load(model.Folder))!);

        var ids = Enumerable.Range(0, 1000).SelectMany(_ => tokens.Append("x")).ToList();

        Assert.InRange(ids.Count, 1000 - 64, 1000);
        Assert.Equal(1000, ids.Count + tokens.Flush().Count);
    }

    private static void Check(Tokenizer tokenizer)
    {
        var encoding = Assert.IsType<TextEncoding>(TextEncoding.For(tokenizer));
        var prompt = tokenizer.Encode("a", addSpecialTokens: false);
        foreach (var size in (int[])[1, 2, 3, 5, 11, 1000])
        {
            var tokens = new TextTokens(encoding);
            var ids = new List<int>();
            for (var start = 0; start < Story.Length; start += size)
            {
                ids.AddRange(tokens.Append(Story.Substring(start, Math.Min(size, Story.Length - start))));
            }

            ids.AddRange(tokens.Flush());
            Assert.Equal("a" + Story, tokenizer.Decode([.. prompt, .. ids]));
            // At the seams a token more than in the whole, never a character's worth.
            Assert.InRange(ids.Count, tokenizer.Count(Story) - 2, tokenizer.Count(Story) + 4);
        }
    }
}
