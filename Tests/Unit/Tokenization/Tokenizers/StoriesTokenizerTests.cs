using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tests.Unit.Tokenization.Tokenizers;

public sealed class StoriesTokenizerTests
{
    [SkippableFact]
    public void Encode_OnceUponATime_IsWhatLlamaCppGives()
    {
        var tokenizer = Tokenizer.Load(ReferenceModels.Stories);

        Assert.Equal([1, 403, 407, 261, 378], tokenizer.Encode("Once upon a time", addSpecialTokens: true));
    }

    [SkippableFact]
    public void Decode_LlamaCppsAnswer_IsTheRecordedText()
    {
        var tokenizer = Tokenizer.Load(ReferenceModels.Stories);
        var lines = File.ReadAllText(Path.Combine(ReferenceModels.Stories, "..", "llamacpp-greedy-once-upon-a-time.txt")).Split('\n', 3);
        var ids = $"{lines[0]},{lines[1]}".Split([',', '[', ']', ' '], StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToArray();

        Assert.Equal(lines[2].TrimEnd('\n'), tokenizer.Decode(ids).TrimEnd('\n'));
    }

    [SkippableFact]
    public void Encode_TextThatLooksLikeASpecialToken_StaysText()
    {
        var tokenizer = Tokenizer.Load(ReferenceModels.Stories);

        var ids = tokenizer.Encode("<s>hi</s>", addSpecialTokens: false);

        Assert.DoesNotContain(ids, tokenizer.IsSpecial);
        Assert.Equal("<s>hi</s>", tokenizer.Decode(ids));
    }
}
