using CocoonOrleans.HouseModel.Text;
using CocoonOrleans.HouseModel.Training;
using CocoonOrleans.Inference.Cpu;
using CocoonOrleans.Inference.Cpu.Threads;
using CocoonOrleans.Inference.Cpu.Weights;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Tests.Inference.HouseModel;
using CocoonOrleans.Tests.Inference.Models;
using CocoonOrleans.Tokenization.Tokenizers;
using Xunit.Abstractions;

namespace CocoonOrleans.Tests.Inference.Cpu;

/// <summary>What fewer bits cost on a real model, the house model on its own kind of dialogues: the numbers stand in docs/cpu-backend.md.</summary>
public sealed class QuantizationQualityTests : IDisposable
{
    private const int Dialogues = 60;

    private readonly CpuTeam _team = new(2);
    private readonly ITestOutputHelper _output;

    public QuantizationQualityTests(ITestOutputHelper output) => _output = output;

    public void Dispose() => _team.Dispose();

    /// <param name="format">The format.</param>
    /// <param name="divergence">The most that KL(float32 || format) may be in the mean over all positions, in nats.</param>
    /// <param name="agreement">In at least so many positions the best token is the same.</param>
    [Theory]
    [InlineData("BFloat16", 0, 1)] // Its weights are bfloat16 anyway.
    [InlineData("Int8", 1e-3, 0.985)]
    [InlineData("Int4", 0.1, 0.90)]
    public void Logits_AgainstFloat32_StayClose(string format, double divergence, double agreement)
    {
        var folder = ModelFolder.Read(HouseModelFolder.Path);
        using var exact = Make(folder, WeightFormat.Float32);
        using var coarse = Make(folder, Enum.Parse<WeightFormat>(format));
        var (sum, worst, same, positions) = (0d, 0d, 0, 0);
        foreach (var ids in Texts())
        {
            var expected = new StoredSequence(exact).AppendAll(ids, ids.Length);
            var actual = new StoredSequence(coarse).AppendAll(ids, ids.Length);
            for (var i = 0; i < ids.Length; i++)
            {
                var p = expected.AsSpan(i * exact.VocabularySize, exact.VocabularySize);
                var q = actual.AsSpan(i * exact.VocabularySize, exact.VocabularySize);
                var here = Divergence(p, q);
                (sum, worst) = (sum + here, Math.Max(worst, here));
                same += Best(p) == Best(q) ? 1 : 0;
                positions++;
            }
        }

        _output.WriteLine($"{format}: KL mean {sum / positions:E2}, worst {worst:E2}; same best token {100d * same / positions:F2} % of {positions} positions");
        Assert.InRange(sum / positions, 0, divergence);
        Assert.InRange((double)same / positions, agreement, 1);
    }

    private CpuDecoder Make(ModelFolder folder, WeightFormat format)
        => new(folder.Config, folder.Weights, format, folder.Config.ContextTokens, folder.Config.ContextTokens / IDecoder.BlockTokens, _team);

    private static List<int[]> Texts()
    {
        var tokenizer = Tokenizer.Load(HouseModelFolder.Path);
        var format = new ChatFormat(tokenizer);
        var (generator, dice) = (new Generator(), new Dice(77));
        return
        [
            .. Enumerable.Range(0, Dialogues).Select(_ => generator.Next(dice)).Select(dialogue => (int[])
                [.. format.EncodePrompt(dialogue.System, dialogue.Turns[0].User), .. tokenizer.Encode(dialogue.Turns[0].Answer, addSpecialTokens: false)]),
        ];
    }

    private static double Divergence(ReadOnlySpan<float> exact, ReadOnlySpan<float> coarse)
    {
        var (p, q) = (LogProbabilities(exact), LogProbabilities(coarse));
        return p.Zip(q, (left, right) => Math.Exp(left) * (left - right)).Sum();
    }

    private static double[] LogProbabilities(ReadOnlySpan<float> logits)
    {
        var values = logits.ToArray();
        var largest = (double)values.Max();
        var total = Math.Log(values.Sum(value => Math.Exp(value - largest)));
        return [.. values.Select(value => value - largest - total)];
    }

    private static int Best(ReadOnlySpan<float> logits) => Array.IndexOf(logits.ToArray(), logits.ToArray().Max());
}
