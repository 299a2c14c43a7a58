using System.Text.Json;
using CocoonOrleans.HouseModel.Evaluation;
using CocoonOrleans.HouseModel.Training;
using CocoonOrleans.Inference.Cpu;
using CocoonOrleans.Inference.Cpu.Threads;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Native;
using CocoonOrleans.Inference.Torch;
using CocoonOrleans.Tests.Inference.HouseModel;
using CocoonOrleans.Tests.Inference.Models;
using CocoonOrleans.Tokenization.Tokenizers;
using TorchSharp;

namespace CocoonOrleans.Tests.Inference.LlamaCpp;

/// <summary>The house model's greedy answers against llama.cpp's on the GGUF file that we export of it.</summary>
public sealed class HouseModelGoldenTests : IDisposable
{
    private const int Count = 96;

    /// <summary>Twice what our logits may be off: two ids this close are as good as equal.</summary>
    private const double Tie = 2e-3;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Web);
    private static readonly string Golden = Path.Combine(LlamaCppRun.Goldens, "house-greedy.json");

    private static readonly string[] Questions = ["Who are you?", "What is 47 + 38?", "What is a gateway?", "Spell lantern."];

    private readonly IDisposable _inference;
    private readonly TemporaryFolder _folder = new();

    public HouseModelGoldenTests()
    {
        TorchLibrary.Load();
        _inference = torch.inference_mode();
    }

    public void Dispose()
    {
        _inference.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(NativeBackend.Cpu)]
    [InlineData(NativeBackend.Torch)]
    public void Greedy_FromOurGguf_GivesLlamaCppsIds(NativeBackend backend)
    {
        Export();
        var model = ModelFolder.Read(_folder.Path);
        var goldens = JsonSerializer.Deserialize<GreedyGolden[]>(File.ReadAllText(Golden), Json)!;

        Assert.Equal(Questions.Length, goldens.Length);
        Assert.Equal(Weights, goldens[0].WeightsSha256);
        Assert.All(goldens, golden =>
        {
            // Where two ids are as good as equal either may win, and what follows is another text.
            var compared = golden.Gaps.TakeWhile(gap => gap > Tie).Count();
            Assert.Equal(golden.Answer.Take(compared), Greedy(model, backend, golden.Prompt, compared));
        });
    }

    [SkippableFact]
    public void LlamaCpp_ReadsOurGguf_AndGivesTheRecordedIds()
    {
        LlamaCppRun.SkipUnlessAsked();
        var file = Export();
        var format = new ChatFormat(Tokenizer.Load(HouseModelFolder.Path));
        var asked = Questions.Select(question =>
        {
            var ids = format.EncodePrompt(null, question);
            var (answer, gaps) = LlamaCppRun.Ask<Greedily>("greedy", file, JsonSerializer.Serialize(ids), $"{Count}");
            return new GreedyGolden(Weights, ids, answer, [.. gaps.Select(gap => Math.Round(gap, 4))]);
        }).ToArray();
        if (LlamaCppRun.Records)
        {
            File.WriteAllText(Golden, JsonSerializer.Serialize(asked, Json).Replace(",\"", ",\n\"", StringComparison.Ordinal) + "\n");
        }

        Assert.Equal(File.ReadAllText(Golden), JsonSerializer.Serialize(asked, Json).Replace(",\"", ",\n\"", StringComparison.Ordinal) + "\n");
    }

    private static string Weights => EvaluationReport.WeightsSha256(HouseModelFolder.Path);

    private string Export()
    {
        var file = _folder.File("model.gguf");
        using var stream = File.Create(file);
        GgufExport.Write(ModelFolder.Read(HouseModelFolder.Path), GgufTensorType.F32, stream, CancellationToken.None);
        return file;
    }

    private static List<int> Greedy(ModelFolder model, NativeBackend backend, int[] prompt, int count)
    {
        var (context, blocks) = (model.Config.ContextTokens, model.Config.ContextTokens / IDecoder.BlockTokens);
        using var team = new CpuTeam(1);
        using IDecoder decoder = backend == NativeBackend.Cpu
            ? new CpuDecoder(model.Config, model.Weights, format: null, context, blocks, team)
            : new TorchDecoder(model.Config, model.Weights, context, blocks);
        var sequence = new StoredSequence(decoder);
        var answer = new List<int>();
        var logits = sequence.Append(prompt);
        while (answer.Count < count)
        {
            answer.Add(Array.IndexOf(logits, logits.Max()));
            logits = sequence.Append(answer[^1]);
        }

        return answer;
    }

    private sealed record Greedily(int[] Answer, double[] Gaps);

    private sealed record GreedyGolden(string WeightsSha256, int[] Prompt, int[] Answer, double[] Gaps);
}
