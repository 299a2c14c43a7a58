using CocoonOrleans.HouseModel.Text;
using CocoonOrleans.HouseModel.Vocabulary;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tests.Inference.HouseModel.Vocabulary;

public sealed class TokenizerFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Tokenizer _tokenizer;

    public TokenizerFilesTests()
    {
        TokenizerFiles.Write(_folder.Path, ["What", " is", "chá"], positions: 64);
        _tokenizer = Tokenizer.Load(_folder.Path);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Encode_WordsOfTheVocabulary_AreOneTokenEach() => Assert.Equal([256, 257], _tokenizer.Encode("What is", addSpecialTokens: false));

    [Fact]
    public void Encode_OtherWords_AreLetters() => Assert.Equal(" river".Select(c => _tokenizer.IdOf(c == ' ' ? "Ġ" : c.ToString())!.Value), _tokenizer.Encode(" river", addSpecialTokens: false));

    [Fact]
    public void Decode_OfAnyTrainingText_GivesItBack()
    {
        var (generator, dice) = (new Generator(TextMix.Examined), new Dice(4));
        var texts = Enumerable.Range(0, 500).SelectMany(_ => generator.Next(dice).Turns).SelectMany(turn => new[] { turn.User, turn.Answer });

        Assert.All(texts, text => Assert.Equal(text, _tokenizer.Decode(_tokenizer.Encode(text, addSpecialTokens: false))));
    }

    [Fact]
    public void Load_Written_KnowsTheMarksOfMessages()
    {
        Assert.Equal(_tokenizer.IdOf(TokenizerFiles.End), _tokenizer.EndOfTextId);
        Assert.True(_tokenizer.IsSpecial(_tokenizer.IdOf(TokenizerFiles.Start)!.Value));
        Assert.Equal(256 + 3 + 3, _tokenizer.VocabularySize);
    }
}
