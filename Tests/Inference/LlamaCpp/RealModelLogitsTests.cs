using CocoonOrleans.HouseModel.Training;
using CocoonOrleans.Inference.Cpu;
using CocoonOrleans.Inference.Cpu.Threads;
using CocoonOrleans.Inference.Cpu.Weights;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Torch;
using CocoonOrleans.Tests.Inference.HouseModel;
using CocoonOrleans.Tests.Inference.Models;
using CocoonOrleans.Tokenization.Tokenizers;
using TorchSharp;

namespace CocoonOrleans.Tests.Inference.LlamaCpp;

/// <summary>The logits of trained models, in float32, against llama.cpp's on the GGUF files that we export of them: within a thousandth.</summary>
public sealed class RealModelLogitsTests : IDisposable
{
    private const int Positions = 12;
    private const double Tolerance = 1e-3;
    private const string House = "house";
    private const string Stories = "stories260K";

    private readonly IDisposable _inference;
    private readonly TemporaryFolder _folder = new();

    public RealModelLogitsTests()
    {
        TorchLibrary.Load();
        _inference = torch.inference_mode();
    }

    public void Dispose()
    {
        _inference.Dispose();
        _folder.Dispose();
    }

    [SkippableTheory]
    [InlineData(House)]
    [InlineData(Stories)]
    public void Compute_TrainedModel_GivesLlamaCppsLogitsOnBothBackends(string name)
    {
        var model = ModelFolder.Read(FolderOf(name));
        var golden = LogitsGolden.Load(name);
        Assert.Equal((model.Manifest.Sha256, Positions), (golden.WeightsSha256, golden.Ids.Length));
        using var team = new CpuTeam(2);
        using var ours = new CpuDecoder(model.Config, model.Weights, WeightFormat.Float32, model.Config.ContextTokens, blocks: 16, team);
        using var reference = new TorchDecoder(model.Config, model.Weights, model.Config.ContextTokens, blocks: 16);

        foreach (var decoder in (IDecoder[])[ours, reference])
        {
            float[][] rows = [.. new StoredSequence(decoder).AppendAll(golden.Ids, golden.Ids.Length).Chunk(decoder.VocabularySize)];
            for (var position = 0; position < rows.Length; position++)
            {
                Assert.All(golden.Logits[position].Zip(LogitsGolden.Chosen(rows[position], position)), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
                Assert.True(golden.Gaps[position] < 2 * Tolerance || golden.Best[position] == Array.IndexOf(rows[position], rows[position].Max()));
            }
        }
    }

    [SkippableTheory]
    [InlineData(House)]
    [InlineData(Stories)]
    public void LlamaCpp_ReadsOurGguf_AndGivesTheRecordedLogits(string name)
    {
        LlamaCppRun.SkipUnlessAsked();
        var model = ModelFolder.Read(FolderOf(name));
        var file = _folder.File("model.gguf");
        using (var stream = File.Create(file))
        {
            GgufExport.Write(model, GgufTensorType.F32, stream, CancellationToken.None);
        }

        var ids = IdsOf(name);
        var asked = LogitsGolden.Of(model.Manifest.Sha256, ids, LlamaCppRun.Ask<float[][]>("logits", file, $"[{string.Join(',', ids)}]"));
        if (LlamaCppRun.Records)
        {
            asked.Save(name);
        }

        var golden = LogitsGolden.Load(name);
        Assert.Equal(golden.Best, asked.Best);
        Assert.Equal(golden.Logits.SelectMany(row => row), asked.Logits.SelectMany(row => row));
    }

    private static string FolderOf(string name) => name == House ? HouseModelFolder.Path : Stories260K.Folder;

    private static int[] IdsOf(string name) => name == House
        ? [.. new ChatFormat(Tokenizer.Load(HouseModelFolder.Path)).EncodePrompt(null, "What is 47 + 38?").Take(Positions)]
        : [.. Stories260K.Prompt.Concat(Stories260K.Answer).Take(Positions)];
}
