using CocoonOrleans.Inference.Cpu;
using CocoonOrleans.Inference.Cpu.Kernels;
using CocoonOrleans.Inference.Cpu.Threads;
using CocoonOrleans.Inference.Cpu.Weights;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Torch;
using CocoonOrleans.Tests.Inference.LlamaCpp;
using CocoonOrleans.Tests.Inference.Models;
using TorchSharp;
using BFloat16 = CocoonOrleans.Inference.Cpu.Weights.BFloat16;

namespace CocoonOrleans.Tests.Inference.Cpu;

public sealed class CpuDecoderTests : IDisposable
{
    private readonly CpuTeam _team = new(2);

    public static TheoryData<string> Formats() => [.. Enum.GetNames<WeightFormat>()];

    public void Dispose() => _team.Dispose();

    [SkippableFact]
    public void Decode_Stories260KGreedy_GivesLlamaCppsIds()
    {
        var folder = ModelFolder.Read(Stories260K.Folder);
        using var decoder = Make(folder, WeightFormat.Float32);
        var answer = new List<int>();
        var sequence = new StoredSequence(decoder);
        for (var logits = sequence.Append(Stories260K.Prompt); answer.Count < Stories260K.Answer.Length; logits = sequence.Append(answer[^1]))
        {
            answer.Add(Array.IndexOf(logits, logits.Max()));
        }

        Assert.Equal(Stories260K.Answer, answer);
    }

    [SkippableFact]
    public void Compute_Float32_GivesLibtorchsLogits()
    {
        var folder = ModelFolder.Read(Stories260K.Folder);
        using var decoder = Make(folder, WeightFormat.Float32);
        TorchLibrary.Load();
        using var inference = torch.inference_mode();
        using var reference = new TorchDecoder(folder.Config, folder.Weights, folder.Config.ContextTokens, 600);
        int[] ids = [.. Stories260K.Prompt, .. Stories260K.Answer];

        var expected = new StoredSequence(reference).AppendAll(ids, ids.Length);

        AssertClose(expected, new StoredSequence(decoder).AppendAll(ids, ids.Length), 1e-3f);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Compute_NoFormatSaid_IsSmallerWhereNoBitChanges(bool halves)
    {
        using var model = new TinyModel();
        var folder = ModelFolder.Read(model.Folder);
        foreach (var weights in folder.Weights.Values.Where(weights => halves && weights.Name != "model.layers.1.mlp.down_proj.weight"))
        {
            foreach (ref var weight in weights.Values.AsSpan())
            {
                weight = BFloat16.ToFloat(BFloat16.Round(weight));
            }
        }

        using var plain = Make(folder, WeightFormat.Float32);
        using var kept = new CpuDecoder(folder.Config, folder.Weights, format: null, TinyModel.ContextTokens, 50, _team);
        int[] ids = [.. Enumerable.Range(0, 61).Select(i => i * 37 % TinyModel.VocabularySize)];

        // All but one matrix, which is padded to 64 columns.
        var unchanged = 32L * 64 * sizeof(float);
        Assert.Equal(halves ? ((plain.WeightBytes - unchanged) / 2) + unchanged : plain.WeightBytes, kept.WeightBytes);
        Assert.Equal(new StoredSequence(plain).AppendAll(ids, ids.Length), new StoredSequence(kept).AppendAll(ids, ids.Length));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Compute_AlonePiecesOrTogether_GivesTheSameBits(string format)
    {
        using var model = new TinyModel();
        using var decoder = Make(ModelFolder.Read(model.Folder), Enum.Parse<WeightFormat>(format));
        int[] ids = [.. Enumerable.Range(0, 61).Select(i => i * 37 % TinyModel.VocabularySize)];
        var whole = new StoredSequence(decoder).AppendAll(ids, ids.Length);

        var bySteps = new StoredSequence(decoder, firstBlock: 20, stride: 3);
        Assert.Equal(whole, ids.SelectMany(id => bySteps.Append(id)));

        var (first, second, other) = (new StoredSequence(decoder, firstBlock: 40), new StoredSequence(decoder, firstBlock: 50, stride: 2), new StoredSequence(decoder, firstBlock: 70));
        var logits = new List<float>();
        for (var start = 0; start < ids.Length; start += 7)
        {
            var piece = ids.AsSpan(start, Math.Min(7, ids.Length - start));
            var batch = new StepBatch(64);
            other.AddTo(batch, [start, 5], logitRows: 1);
            first.AddTo(batch, piece, logitRows: piece.Length);
            second.AddTo(batch, piece, logitRows: 0);
            var all = new float[(piece.Length + 1) * decoder.VocabularySize];
            decoder.Compute(batch, all);
            logits.AddRange(all[decoder.VocabularySize..]);
        }

        Assert.Equal(whole, logits);
        Assert.Equal(first.Append(9), second.Append(9));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Compute_AnyThreadsAndAnyKernels_GiveTheSameBits(string format)
    {
        using var model = new TinyModel();
        var folder = ModelFolder.Read(model.Folder);
        using var decoder = Make(folder, Enum.Parse<WeightFormat>(format));
        int[] ids = [.. Enumerable.Range(0, 100).Select(i => i * 91 % TinyModel.VocabularySize)];
        var expected = new StoredSequence(decoder).AppendAll(ids, ids.Length);

        foreach (var kernels in CpuKernels.Supported)
        {
            foreach (var threads in (int[])[1, 3])
            {
                using var team = new CpuTeam(threads);
                using var other = new CpuDecoder(folder.Config, folder.Weights, Enum.Parse<WeightFormat>(format), TinyModel.ContextTokens, 50, team, kernels);

                Assert.Equal(expected, new StoredSequence(other).AppendAll(ids, ids.Length));
            }
        }
    }

    /// <summary>llama.cpp computes no windows of these families: two decoders of ours that share no arithmetic agree, and the window makes a difference.</summary>
    [Theory]
    [InlineData("mistral")]
    [InlineData("phi3")]
    [InlineData("qwen2")]
    [InlineData("qwen3")]
    public void Compute_SlidingWindow_GivesLibtorchsLogits(string name)
    {
        TorchLibrary.Load();
        using var inference = torch.inference_mode();
        using var family = new TinyFamily(name, config =>
        {
            config["sliding_window"] = 8;
            config["use_sliding_window"] = true;
            config["max_window_layers"] = 1;
        });
        using var open = new TinyFamily(name);
        var (folder, without) = (ModelFolder.Read(family.Folder), ModelFolder.Read(open.Folder));
        Assert.Contains(folder.Config.Windows, window => window == 8);
        using var decoder = Make(folder, WeightFormat.Float32);
        using var unlimited = Make(without, WeightFormat.Float32);
        using var reference = new TorchDecoder(folder.Config, folder.Weights, 64, 8);
        int[] ids = [.. Enumerable.Range(0, 41).Select(i => i * 37 % TinyModel.VocabularySize)];

        var ours = new StoredSequence(decoder).AppendAll(ids, ids.Length);

        AssertClose(new StoredSequence(reference).AppendAll(ids, ids.Length), ours, 1e-4f);
        Assert.NotEqual(new StoredSequence(unlimited).AppendAll(ids, 1), ours[^decoder.VocabularySize..]);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Compute_Steps_AllocateNothing(string format)
    {
        using var model = new TinyModel();
        using var decoder = Make(ModelFolder.Read(model.Folder), Enum.Parse<WeightFormat>(format));
        var (one, other) = (new StoredSequence(decoder), new StoredSequence(decoder, firstBlock: 10));
        var batch = new StepBatch(32);
        var logits = new float[2 * decoder.VocabularySize];
        one.AddTo(batch, [1, 2, 3, 4, 5, 6]);
        other.AddTo(batch, [5]);
        for (var i = 0; i < 3; i++)
        {
            decoder.Compute(batch, logits);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++)
        {
            decoder.Compute(batch, logits);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Compute_MoreRowsThanFitAtOnce_GivesTheBitsOfPieces()
    {
        using var model = new TinyModel();
        model.WriteConfig(config => config["max_position_embeddings"] = 1000);
        var folder = ModelFolder.Read(model.Folder);
        using var decoder = new CpuDecoder(folder.Config, folder.Weights, WeightFormat.Int8, 1000, 200, _team);
        int[] ids = [.. Enumerable.Range(0, CpuDecoder.MaximumRows + 50).Select(i => i * 91 % TinyModel.VocabularySize)];

        var atOnce = new StoredSequence(decoder).AppendAll(ids, ids.Length);

        var pieces = new StoredSequence(decoder, firstBlock: 100);
        Assert.Equal<IEnumerable<float>>(atOnce, [.. pieces.AppendAll(ids.AsSpan(0, 100), 100), .. pieces.AppendAll(ids.AsSpan(100, 150), 150), .. pieces.AppendAll(ids.AsSpan(250), ids.Length - 250)]);
    }

    [Fact]
    public void Compute_WhatDoesNotFit_IsRefused()
    {
        using var model = new TinyModel();
        using var decoder = Make(ModelFolder.Read(model.Folder), WeightFormat.Int8);
        var logits = new float[decoder.VocabularySize];

        Assert.Throws<ArgumentOutOfRangeException>(() => new StoredSequence(decoder).AppendAll(new int[TinyModel.ContextTokens + 1], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StoredSequence(decoder).Append(TinyModel.VocabularySize));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StoredSequence(decoder).Append(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StoredSequence(decoder, firstBlock: 600).Append(1));
        var withoutBlocks = new StepBatch(1);
        withoutBlocks.Add([1], 0, new BlockTable(), 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => decoder.Compute(withoutBlocks, logits));
        Assert.Throws<ArgumentOutOfRangeException>(() => decoder.Compute(withoutBlocks, []));
    }

    [Fact]
    public void Clear_Block_LeavesTheOthers()
    {
        using var model = new TinyModel();
        using var decoder = Make(ModelFolder.Read(model.Folder), WeightFormat.Float32);
        var sequence = new StoredSequence(decoder);
        sequence.Append([.. Enumerable.Range(0, 20)]);
        var expected = sequence.Append(7);

        decoder.Clear(5);
        var again = new StepBatch(1);
        again.Add([7], 20, sequence.Blocks, 1);
        var logits = new float[decoder.VocabularySize];
        decoder.Compute(again, logits);
        Assert.Equal(expected, logits);

        decoder.Clear(0);
        decoder.Compute(again, logits);
        Assert.NotEqual(expected, logits);
    }

    [Fact]
    public void Constructor_ConfigThatAsksForTerabytes_NamesTheTensorBeforeMemoryIsTaken()
    {
        using var model = new TinyModel();
        model.WriteConfig(config => (config["vocab_size"], config["hidden_size"]) = (4_194_304, 65_536));

        var error = Assert.Throws<ModelFormatException>(() => Make(ModelFolder.Read(model.Folder), WeightFormat.Int8));

        Assert.Equal("model.embed_tokens.weight", error.Field);
    }

    [Fact]
    public void Constructor_WeightThatIsNoNumber_NamesTheTensor()
    {
        using var model = new TinyModel();
        var folder = ModelFolder.Read(model.Folder);
        folder.Weights["model.layers.1.mlp.down_proj.weight"].Values[40] = float.NaN;

        var error = Assert.Throws<ModelFormatException>(() => Make(folder, WeightFormat.Int4));

        Assert.Equal("model.layers.1.mlp.down_proj.weight", error.Field);
    }

    private CpuDecoder Make(ModelFolder folder, WeightFormat format) => new(folder.Config, folder.Weights, format, folder.Config.ContextTokens, 600, _team);

    private static void AssertClose(float[] expected, float[] actual, float tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < actual.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"logit {i} is {actual[i]}, not {expected[i]}");
        }
    }
}
