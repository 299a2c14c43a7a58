using CocoonOrleans.HouseModel.Text;
using CocoonOrleans.HouseModel.Training;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tests.Inference.HouseModel;

/// <summary>Dialogues of the kind that the house model knows, with their answers, as tokens.</summary>
internal static class HouseDialogues
{
    /// <summary>Some of them, always the same.</summary>
    public static List<int[]> Take(int count)
    {
        var tokenizer = Tokenizer.Load(HouseModelFolder.Path);
        var format = new ChatFormat(tokenizer);
        var (generator, dice) = (new Generator(TextMix.Examined), new Dice(77));
        return
        [
            .. Enumerable.Range(0, count).Select(_ => generator.Next(dice)).Select(dialogue => (int[])
                [.. format.EncodePrompt(dialogue.System, dialogue.Turns[0].User), .. tokenizer.Encode(dialogue.Turns[0].Answer, addSpecialTokens: false)]),
        ];
    }
}
