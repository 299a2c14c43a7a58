using System.Security.Cryptography;
using System.Text.Json;
using CocoonOrleans.Inference.Cpu;
using CocoonOrleans.Inference.Cpu.Threads;
using CocoonOrleans.Inference.Cpu.Weights;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Torch;
using CocoonOrleans.Tests.Inference.Models;
using TorchSharp;
using Xunit.Sdk;

namespace CocoonOrleans.Tests.Inference.LlamaCpp;

/// <summary>Each family's decoder against llama.cpp on the same weights, which it read from a GGUF file of our own making.</summary>
public sealed class FamilyGoldensTests : IDisposable
{
    // float32 sums in another order; and llama.cpp looks GELU up in a table of float16.
    private const double Tolerance = 1e-3;
    private const double Tie = 0.05;
    private const int Positions = 40;
    private const int ContextTokens = 256;

    private static readonly Dictionary<string, Func<DecoderConfig, DecoderConfig>> Switches = new()
    {
        ["no attention cap"] = config => config with { AttentionCap = null },
        ["no logit cap"] = config => config with { LogitCap = null },
        ["no embedding scale"] = config => config with { EmbeddingScale = 1 },
        ["no norm offset"] = config => config with { NormOffset = 0 },
        ["no windows"] = config => config with { Windows = new int[config.Layers] },
        ["one position more"] = config => config with { Windows = [.. config.Windows.Select(window => window > 0 ? window + 1 : 0)] },
        ["SiLU"] = config => config with { Activation = Activation.Silu },
        ["another scale"] = config => config with { AttentionScale = config.AttentionScale * 1.05 },
        ["another epsilon"] = config => config with { NormEpsilon = 1e-3 },
        ["same positions in windows"] = config => config with { WindowRotary = config.Rotary },
        ["no rotary scaling"] = config => config with { Rotary = new(config.Rotary.Base), WindowRotary = new(config.Rotary.Base) },
        ["whole heads turn"] = config => config with { RotarySize = config.HeadSize },
    };

    private readonly IDisposable _inference;
    private readonly TemporaryFolder _folder = new();

    public FamilyGoldensTests()
    {
        TorchLibrary.Load();
        _inference = torch.inference_mode();
    }

    public static TheoryData<string> Families => [.. TinyFamily.Names];

    public static TheoryData<string, string> Changes => new()
    {
        { "gemma2", "no attention cap" },
        { "gemma2", "no logit cap" },
        { "gemma2", "no embedding scale" },
        { "gemma2", "no norm offset" },
        { "gemma2", "no windows" },
        { "gemma2", "one position more" },
        { "gemma2", "SiLU" },
        { "gemma2", "another scale" },
        { "gemma3", "same positions in windows" },
        { "gemma3", "no windows" },
        { "gemma3-pattern", "no rotary scaling" },
        { "gemma3-pattern", "no logit cap" },
        { "llama", "another epsilon" },
        { "llama-linear", "no rotary scaling" },
        { "llama3", "no rotary scaling" },
        { "qwen2-yarn", "no rotary scaling" },
        { "phi3-longrope-long", "no rotary scaling" },
        { "phi3-longrope-short", "no rotary scaling" },
        { "phi3", "whole heads turn" },
    };

    private static int[] Ids
    {
        get
        {
            var random = new Random(11);
            return [.. Enumerable.Range(0, Positions).Select(_ => random.Next(TinyModel.BeginId))];
        }
    }

    public void Dispose()
    {
        _inference.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Compute_EachFamily_GivesLlamaCppsLogits(string name)
    {
        using var family = new TinyFamily(name);
        var model = ModelFolder.Read(family.Folder);
        var golden = LogitsGolden.Load(name);
        Assert.Equal(golden.WeightsSha256, WeightsOf(family));

        AssertEqual(golden, Compute(model));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Compute_EachFamilyOnOurKernels_GivesLlamaCppsLogitsAtOnceAndByStep(string name)
    {
        using var family = new TinyFamily(name);
        var model = ModelFolder.Read(family.Folder);
        using var team = new CpuTeam(2);
        using var decoder = new CpuDecoder(model.Config, model.Weights, WeightFormat.Float32, ContextTokens, blocks: 16, team);
        float[][] atOnce = [.. new StoredSequence(decoder).AppendAll(Ids, Positions).Chunk(decoder.VocabularySize)];
        var sequence = new StoredSequence(decoder, firstBlock: 8);

        AssertEqual(LogitsGolden.Load(name), atOnce);
        Assert.All(Ids.Zip(atOnce), pair => Assert.Equal(pair.Second, sequence.Append(pair.First)));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Compute_EachFamilyFromOurGguf_GivesLlamaCppsLogits(string name)
    {
        using var family = new TinyFamily(name);
        Export(family, GgufTensorType.F32);

        AssertEqual(LogitsGolden.Load(name), Compute(ModelFolder.Read(_folder.Path)));
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void Compute_OneSwitchChanged_IsNoticed(string name, string change)
    {
        using var family = new TinyFamily(name);
        var model = ModelFolder.Read(family.Folder);
        using var decoder = new TorchDecoder(Switches[change](model.Config), model.Weights, ContextTokens, blocks: 16);

        float[][] computed = [.. new StoredSequence(decoder).AppendAll(Ids, Positions).Chunk(decoder.VocabularySize)];

        Assert.ThrowsAny<XunitException>(() => AssertEqual(LogitsGolden.Load(name), computed));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Compute_ByStep_GivesTheLogitsOfTheWhole(string name)
    {
        using var family = new TinyFamily(name);
        var model = ModelFolder.Read(family.Folder);
        using var decoder = new TorchDecoder(model.Config, model.Weights, ContextTokens, blocks: 16);
        var sequence = new StoredSequence(decoder);

        float[][] byStep = [.. Ids.Select(id => sequence.Append(id))];

        var whole = Compute(model);
        Assert.All(byStep.Zip(whole), rows => Assert.All(rows.First.Zip(rows.Second), pair => Assert.Equal(pair.First, pair.Second, 1e-4f)));
    }

    [SkippableTheory]
    [MemberData(nameof(Families))]
    public void LlamaCpp_ReadsOurGguf_AndGivesTheRecordedLogits(string name)
    {
        LlamaCppRun.SkipUnlessAsked();
        using var family = new TinyFamily(name);
        var file = Export(family, GgufTensorType.F32);

        var asked = LogitsGolden.Of(WeightsOf(family), Ids, LlamaCppRun.Ask<float[][]>("logits", file, $"[{string.Join(',', Ids)}]"));
        if (LlamaCppRun.Records)
        {
            asked.Save(name);
        }

        var golden = LogitsGolden.Load(name);
        Assert.Equal(golden.Best, asked.Best);
        Assert.Equal(golden.Logits.SelectMany(row => row), asked.Logits.SelectMany(row => row));
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void LlamaCpp_ReadsOurVocabulary_AndGivesTheIdsOfOurTokenizer(bool sentencePiece)
    {
        LlamaCppRun.SkipUnlessAsked();
        using var family = new TinyFamily("llama");
        var (folder, file) = (sentencePiece ? Stories260K.Folder : family.Folder, _folder.File("model.gguf"));
        using (var stream = File.Create(file))
        {
            Assert.Null(GgufExport.Write(ModelFolder.Read(folder), GgufTensorType.F32, stream, CancellationToken.None));
        }

        string[] texts = ["Once upon a time, there was a little girl.", "Łódź, 中文 and 🙂", "line\n\nbreak\ttab", "it's 12345 o'clock!", "a  b   c"];
        var tokenizer = ModelFolder.ReadChat(folder).Tokenizer;
        Assert.Equal(texts.Select(text => tokenizer.Encode(text, addSpecialTokens: false)), LlamaCppRun.Ask<int[][]>("tokens", file, JsonSerializer.Serialize(texts)));
    }

    private string Export(TinyFamily family, GgufTensorType type)
    {
        var file = _folder.File("model.gguf");
        using var stream = File.Create(file);
        Assert.Null(GgufExport.Write(ModelFolder.Read(family.Folder), type, stream, CancellationToken.None));
        File.Copy(Path.Combine(family.Folder, "tokenizer.json"), _folder.File("tokenizer.json"));
        return file;
    }

    private static float[][] Compute(ModelFolder model)
    {
        using var decoder = new TorchDecoder(model.Config, model.Weights, ContextTokens, blocks: 16);
        return [.. new StoredSequence(decoder).AppendAll(Ids, Positions).Chunk(decoder.VocabularySize)];
    }

    private static void AssertEqual(LogitsGolden golden, float[][] computed)
    {
        Assert.Equal(Ids, golden.Ids);
        Assert.Equal(Positions, computed.Length);
        for (var position = 0; position < Positions; position++)
        {
            var row = computed[position];
            Assert.All(golden.Logits[position].Zip(LogitsGolden.Chosen(row, position)), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
            if (golden.Gaps[position] > Tie)
            {
                Assert.Equal(golden.Best[position], Array.IndexOf(row, row.Max()));
            }
        }
    }

    private static string WeightsOf(TinyFamily family) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(family.Folder, "model.safetensors"))));
}
