using CocoonOrleans.Inference.Cpu;
using CocoonOrleans.Inference.Cpu.Threads;
using CocoonOrleans.Inference.Cpu.Weights;
using CocoonOrleans.Inference.Cuda;
using CocoonOrleans.Inference.Cuda.Driver;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Tests.Inference.Cuda.Emulation;
using CocoonOrleans.Tests.Inference.LlamaCpp;
using CocoonOrleans.Tests.Inference.Models;

namespace CocoonOrleans.Tests.Inference.Cuda;

/// <summary>The decoder over our CUDA kernels, which here run on the processor: what is tested is their arithmetic and how they are called, not a GPU.</summary>
public sealed class CudaDecoderTests
{
    private const int ContextTokens = 128;
    private const int Blocks = 80;

    public static TheoryData<string> Families => [.. TinyFamily.Names];

    public static TheoryData<string> Formats => [.. Enum.GetNames<WeightFormat>()];

    /// <summary>Small splits, so that short sequences have several.</summary>
    private static CudaDecoderSettings Settings => new() { SplitTokens = 16 };

    private static int[] Ids => [.. Enumerable.Range(0, 61).Select(i => i * 37 % TinyModel.VocabularySize)];

    [SkippableTheory]
    [MemberData(nameof(Families))]
    public void Compute_EachFamily_GivesTheLogitsOfTheProcessorsKernels(string name)
    {
        HostCompiler.SkipIfAbsent();
        using var family = new TinyFamily(name);
        var folder = ModelFolder.Read(family.Folder);
        using var device = new EmulatedDevice();
        using var decoder = Make(device, folder, WeightFormat.Float32);

        AssertClose(Expected(folder, WeightFormat.Float32), new StoredSequence(decoder).AppendAll(Ids, Ids.Length), 1e-4f);
    }

    [SkippableTheory]
    [MemberData(nameof(Formats))]
    public void Compute_EachFormat_GivesTheLogitsOfTheProcessorsKernels(string format)
    {
        HostCompiler.SkipIfAbsent();
        using var model = new TinyModel();
        var folder = ModelFolder.Read(model.Folder);
        using var device = new EmulatedDevice();
        using var decoder = Make(device, folder, Enum.Parse<WeightFormat>(format));

        // Where activations are rounded to int8, the last bit of one can decide about a step of 1/127.
        var tolerance = format is nameof(WeightFormat.Int8) or nameof(WeightFormat.Int4) ? 0.02f : 1e-4f;
        AssertClose(Expected(folder, Enum.Parse<WeightFormat>(format)), new StoredSequence(decoder).AppendAll(Ids, Ids.Length), tolerance);
    }

    [SkippableFact]
    public void Compute_HalfCache_IsNearTheWholeOne()
    {
        HostCompiler.SkipIfAbsent();
        using var family = new TinyFamily("gemma3");
        var folder = ModelFolder.Read(family.Folder);
        using var device = new EmulatedDevice();
        using var decoder = Make(device, folder, WeightFormat.Float32, Settings with { HalfCache = true });
        var expected = Expected(folder, WeightFormat.Float32);

        var logits = new StoredSequence(decoder).AppendAll(Ids, Ids.Length);

        Assert.NotEqual(expected, logits);
        AssertClose(expected, logits, 0.1f);
    }

    [SkippableTheory]
    [MemberData(nameof(Formats))]
    public void Compute_AlonePiecesOrTogether_GivesTheSameBits(string format)
    {
        HostCompiler.SkipIfAbsent();
        using var model = new TinyModel();
        using var device = new EmulatedDevice();
        using var decoder = Make(device, ModelFolder.Read(model.Folder), Enum.Parse<WeightFormat>(format), Settings with { HalfCache = true });
        var whole = new StoredSequence(decoder).AppendAll(Ids, Ids.Length);

        var bySteps = new StoredSequence(decoder, firstBlock: 20, stride: 3);
        Assert.Equal(whole, Ids.SelectMany(id => bySteps.Append(id)));

        var (first, second, other) = (new StoredSequence(decoder, firstBlock: 40), new StoredSequence(decoder, firstBlock: 50, stride: 2), new StoredSequence(decoder, firstBlock: 70));
        var logits = new List<float>();
        for (var start = 0; start < Ids.Length; start += 7)
        {
            var piece = Ids.AsSpan(start, Math.Min(7, Ids.Length - start));
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

    /// <summary>Threads that are not where others wait for them would show in another order.</summary>
    [SkippableTheory]
    [InlineData("gemma2", nameof(WeightFormat.Float32))]
    [InlineData("qwen3", nameof(WeightFormat.Int8))]
    [InlineData("phi3", nameof(WeightFormat.Int4))]
    public void Compute_ThreadsInAnyOrder_GivesTheSameBits(string name, string format)
    {
        HostCompiler.SkipIfAbsent();
        using var family = new TinyFamily(name);
        var folder = ModelFolder.Read(family.Folder);
        var computed = new List<float[]>();
        foreach (var order in (uint[])[0, 1, 12_345])
        {
            using var device = new EmulatedDevice { Order = order };
            using var decoder = Make(device, folder, Enum.Parse<WeightFormat>(format));
            computed.Add(new StoredSequence(decoder).AppendAll(Ids, 9));
        }

        Assert.Equal(computed[0], computed[1]);
        Assert.Equal(computed[0], computed[2]);
    }

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(16)]
    public void Compute_ByGraphs_GivesTheBitsOfTheSameWithout(int sequences)
    {
        HostCompiler.SkipIfAbsent();
        using var model = new TinyModel();
        var folder = ModelFolder.Read(model.Folder);
        using var device = new EmulatedDevice();
        using var recorded = Make(device, folder, WeightFormat.Int8);
        using var plain = Make(device, folder, WeightFormat.Int8, Settings with { Graphs = false });

        Assert.Equal(Decode(plain, sequences, steps: 20), Decode(recorded, sequences, steps: 20));

        // Positions 1 to 20 reach into a second split.
        Assert.Equal((2, 0), (recorded.Graphs, plain.Graphs));
        Assert.Equal(16, device.GraphLaunches);
    }

    [SkippableFact]
    public void Compute_ByGraphs_LeavesTheBlocksOfOthersAlone()
    {
        HostCompiler.SkipIfAbsent();
        using var model = new TinyModel();
        var folder = ModelFolder.Read(model.Folder);
        using var device = new EmulatedDevice();
        using var decoder = Make(device, folder, WeightFormat.Float32);
        var bystander = new StoredSequence(decoder);
        bystander.AppendAll(Ids.AsSpan(0, 30), 0);

        // Three sequences are computed as four: the fourth is nobody's.
        Decode(decoder, 3, steps: 6, firstBlock: 10);

        using var fresh = Make(device, folder, WeightFormat.Float32);
        Assert.Equal(new StoredSequence(fresh).Append([.. Ids.AsSpan(0, 30), 5]), bystander.Append(5));
    }

    [SkippableFact]
    public void Compute_DefaultSplitsAndMoreRowsThanFitAtOnce_GiveTheLogitsOfTheProcessorsKernels()
    {
        HostCompiler.SkipIfAbsent();
        using var model = new TinyModel();
        model.WriteConfig(config => config["max_position_embeddings"] = 600);
        var folder = ModelFolder.Read(model.Folder);
        int[] ids = [.. Enumerable.Range(0, CudaDecoder.MaximumRows + 50).Select(i => i * 91 % TinyModel.VocabularySize)];
        using var device = new EmulatedDevice();
        using var decoder = new CudaDecoder(folder.Config, folder.Weights, WeightFormat.Float32, 600, Blocks, device);
        using var team = new CpuTeam(2);
        using var reference = new CpuDecoder(folder.Config, folder.Weights, WeightFormat.Float32, 600, Blocks, team);

        AssertClose(new StoredSequence(reference).AppendAll(ids, 40), new StoredSequence(decoder).AppendAll(ids, 40), 1e-4f);
    }

    [SkippableTheory]
    [InlineData(12, 1, 10)]
    [InlineData(4, 4, 80)]
    [InlineData(16, 2, 128)]
    [InlineData(2, 1, 256)]
    public void Compute_OtherHeads_GivesTheLogitsOfTheProcessorsKernels(int heads, int shared, int size)
    {
        HostCompiler.SkipIfAbsent();
        using var model = new TinyModel();
        var (config, weights) = WithHeads(ModelFolder.Read(model.Folder), heads, shared, size);
        using var device = new EmulatedDevice();
        using var team = new CpuTeam(2);
        foreach (var halfCache in (bool[])[false, true])
        {
            using var decoder = new CudaDecoder(config, weights, WeightFormat.Float32, ContextTokens, Blocks, device, Settings with { HalfCache = halfCache });
            using var reference = new CpuDecoder(config, weights, WeightFormat.Float32, ContextTokens, Blocks, team);

            AssertClose(new StoredSequence(reference).AppendAll(Ids[..35], 5), new StoredSequence(decoder).AppendAll(Ids[..35], 5), halfCache ? 0.1f : 1e-4f);
        }
    }

    [SkippableFact]
    public void Compute_WeightThatMakesNoNumbers_LeavesNoneInTheLogits()
    {
        HostCompiler.SkipIfAbsent();
        using var model = new TinyModel();
        var folder = ModelFolder.Read(model.Folder);
        folder.Weights["model.layers.0.input_layernorm.weight"].Values[3] = 3e38f;
        foreach (var format in (WeightFormat[])[WeightFormat.Float32, WeightFormat.Int8])
        {
            using var device = new EmulatedDevice();
            using var decoder = Make(device, folder, format);

            Assert.Contains(new StoredSequence(decoder).Append(1, 2, 3), logit => !float.IsFinite(logit));
        }
    }

    [SkippableFact]
    public void Compute_WhatDoesNotFit_IsRefused()
    {
        HostCompiler.SkipIfAbsent();
        using var model = new TinyModel();
        using var device = new EmulatedDevice();
        using var decoder = Make(device, ModelFolder.Read(model.Folder), WeightFormat.Int8);
        var logits = new float[decoder.VocabularySize];

        Assert.Throws<ArgumentOutOfRangeException>(() => new StoredSequence(decoder).AppendAll(new int[ContextTokens + 1], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StoredSequence(decoder).Append(TinyModel.VocabularySize));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StoredSequence(decoder).Append(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StoredSequence(decoder, firstBlock: Blocks).Append(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => decoder.Clear(Blocks));
        var withoutBlocks = new StepBatch(1);
        withoutBlocks.Add([1], 0, new BlockTable(), 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => decoder.Compute(withoutBlocks, logits));
        Assert.Throws<ArgumentOutOfRangeException>(() => decoder.Compute(withoutBlocks, []));
    }

    [SkippableFact]
    public void Clear_Block_LeavesTheOthers()
    {
        HostCompiler.SkipIfAbsent();
        using var model = new TinyModel();
        using var device = new EmulatedDevice();
        using var decoder = Make(device, ModelFolder.Read(model.Folder), WeightFormat.Float32);
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

    [SkippableFact]
    public void Constructor_WeightThatIsNoNumber_NamesTheTensorAndGivesMemoryBack()
    {
        HostCompiler.SkipIfAbsent();
        using var model = new TinyModel();
        var folder = ModelFolder.Read(model.Folder);
        folder.Weights["model.layers.1.mlp.down_proj.weight"].Values[40] = float.NaN;
        using var device = new EmulatedDevice();

        var error = Assert.Throws<ModelFormatException>(() => Make(device, folder, WeightFormat.Int4));

        Assert.Equal("model.layers.1.mlp.down_proj.weight", error.Field);
        Assert.Equal(0, device.Taken);
    }

    [SkippableFact]
    public void Dispose_GivesAllMemoryBack()
    {
        HostCompiler.SkipIfAbsent();
        using var model = new TinyModel();
        using var device = new EmulatedDevice();

        Make(device, ModelFolder.Read(model.Folder), WeightFormat.Int4).Dispose();

        Assert.Equal(0, device.Taken);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Compute_Steps_AllocateNothing(string format)
    {
        using var model = new TinyModel();
        var device = new IdleDevice();
        var decoder = Make(device, ModelFolder.Read(model.Folder), Enum.Parse<WeightFormat>(format));
        var (one, other) = (new StoredSequence(decoder), new StoredSequence(decoder, firstBlock: 10));
        var logits = new float[2 * decoder.VocabularySize];
        var (prefill, decode) = (new StepBatch(32), new StepBatch(32));
        one.AddTo(prefill, [1, 2, 3, 4, 5, 6]);
        one.AddTo(decode, [7]);
        other.AddTo(decode, [5]);
        Run(5);

        var (before, taken) = (GC.GetAllocatedBytesForCurrentThread(), device.Allocations);
        Run(20);

        Assert.Equal((before, taken), (GC.GetAllocatedBytesForCurrentThread(), device.Allocations));

        decoder.Dispose();
        device.Release();

        void Run(int steps)
        {
            for (var i = 0; i < steps; i++)
            {
                decoder.Compute(prefill, logits);
                decoder.Compute(decode, logits);
            }
        }
    }

    private static CudaDecoder Make(ICudaDevice device, ModelFolder folder, WeightFormat format, CudaDecoderSettings? settings = null)
        => new(folder.Config, folder.Weights, format, ContextTokens, Blocks, device, settings ?? Settings);

    private static float[] Expected(ModelFolder folder, WeightFormat format)
    {
        using var team = new CpuTeam(2);
        using var reference = new CpuDecoder(folder.Config, folder.Weights, format, ContextTokens, Blocks, team);
        return new StoredSequence(reference).AppendAll(Ids, Ids.Length);
    }

    private static List<float[]> Decode(CudaDecoder decoder, int sequences, int steps, int firstBlock = 0)
    {
        var stored = Enumerable.Range(0, sequences).Select(i => new StoredSequence(decoder, firstBlock + i, stride: sequences)).ToList();
        var computed = new List<float[]>();
        for (var step = 0; step < steps; step++)
        {
            var batch = new StepBatch(sequences);
            for (var i = 0; i < sequences; i++)
            {
                stored[i].AddTo(batch, [((step * 13) + i) % decoder.VocabularySize]);
            }

            var logits = new float[sequences * decoder.VocabularySize];
            decoder.Compute(batch, logits);
            computed.Add(logits);
        }

        return computed;
    }

    /// <summary>The same model with other heads, and random weights for them.</summary>
    private static (DecoderConfig Config, Dictionary<string, WeightTensor> Weights) WithHeads(ModelFolder folder, int heads, int shared, int size)
    {
        var random = new Random(5);
        WeightTensor Make(WeightTensor tensor, int[] shape)
            => tensor with { Shape = shape, Values = [.. Enumerable.Range(0, shape[0] * shape[1]).Select(_ => random.NextSingle() - 0.5f)] };
        var config = folder.Config with { Heads = heads, KeyValueHeads = shared, HeadSize = size, RotarySize = size, AttentionScale = 1 / Math.Sqrt(size) };
        return (config, folder.Weights.ToDictionary(pair => pair.Key, pair => pair.Key.Split('.')[^2] switch
        {
            "q_proj" => Make(pair.Value, [heads * size, config.HiddenSize]),
            "k_proj" or "v_proj" => Make(pair.Value, [shared * size, config.HiddenSize]),
            "o_proj" => Make(pair.Value, [config.HiddenSize, heads * size]),
            _ => pair.Value,
        }));
    }

    private static void AssertClose(float[] expected, float[] actual, float tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < actual.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"logit {i} is {actual[i]}, not {expected[i]}");
        }
    }
}
