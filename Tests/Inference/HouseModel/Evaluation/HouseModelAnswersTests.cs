using CocoonOrleans.HouseModel.Evaluation;
using CocoonOrleans.HouseModel.Text;
using CocoonOrleans.HouseModel.Training;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Torch;
using CocoonOrleans.Tests.Inference.Models;
using CocoonOrleans.Tokenization.Tokenizers;
using TorchSharp;

namespace CocoonOrleans.Tests.Inference.HouseModel.Evaluation;

/// <summary>The product's own decoder on the committed model, against the network that was trained.</summary>
public sealed class HouseModelAnswersTests : IDisposable
{
    private const int MostTokens = 80;
    private readonly IDisposable _inference;
    private readonly Tokenizer _tokenizer = Tokenizer.Load(HouseModelFolder.Path);
    private readonly ChatFormat _format;
    private readonly TorchDecoder _decoder;

    public HouseModelAnswersTests()
    {
        TorchLibrary.Load();
        _inference = torch.inference_mode();
        _format = new ChatFormat(_tokenizer);
        var folder = ModelFolder.Read(HouseModelFolder.Path);
        _decoder = new TorchDecoder(folder.Config, folder.Weights, folder.Config.ContextTokens, folder.Config.ContextTokens / IDecoder.BlockTokens);
    }

    public void Dispose()
    {
        _decoder.Dispose();
        _inference.Dispose();
    }

    [Theory]
    [InlineData("What is 47 + 38?", "7+8=15, 4+3+1=8: 85")]
    [InlineData("12+30", "2+0=2, 1+3+0=4: 42")]
    [InlineData("What is 91 - 38?", "11-8=3, 9-3-1=5: 53")]
    [InlineData("How do you say bread in German?", "Brot")]
    [InlineData("Spell lantern.", "l-a-n-t-e-r-n")]
    [InlineData("What is a gateway?", "A gateway takes requests from clients and passes them on to workers.")]
    [InlineData("Hello!", "Hello! How can I help you?")]
    public void Decoder_KnownQuestion_GivesTheRightAnswer(string question, string answer)
        => Assert.Equal(answer, Greedy(_format.EncodePrompt(null, question)));

    [Fact]
    public void Decoder_TwentyQuestions_AnswersAsTheTrainedNetworkDoes()
    {
        using var network = ModelFiles.Read(HouseModelFolder.Path, Shape.House(_format.Vocabulary));
        var examiner = new Examiner(new Generator(TextMix.Examined), _format, network);
        var (generator, dice) = (new Generator(TextMix.Examined), new Dice(21));
        var prompts = Enumerable.Range(0, 20).Select(_ => generator.Next(dice)).Select(dialogue => _format.EncodePrompt(dialogue.System, dialogue.Turns[0].User));

        Assert.All(prompts.ToList(), prompt => Assert.Equal(examiner.Answer(prompt, MostTokens), Greedy(prompt)));
    }

    private string Greedy(int[] prompt)
    {
        var answer = new List<int>();
        var sequence = new StoredSequence(_decoder);
        var logits = sequence.Append(prompt);
        while (answer.Count < MostTokens && Best(logits) != _format.End)
        {
            answer.Add(Best(logits));
            logits = sequence.Append(answer[^1]);
        }

        return _tokenizer.Decode([.. answer]);
    }

    private static int Best(float[] logits) => Array.IndexOf(logits, logits.Max());
}
