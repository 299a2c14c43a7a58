using System.Runtime.CompilerServices;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Torch;
using CocoonOrleans.Tests.Inference.LlamaCpp;
using TorchSharp;

namespace CocoonOrleans.Tests.Inference.Models;

public sealed class TorchDecoderTests : IDisposable
{
    private readonly IDisposable _inference;

    public TorchDecoderTests()
    {
        TorchLibrary.Load();
        _inference = torch.inference_mode();
    }

    public void Dispose() => _inference.Dispose();

    [SkippableFact]
    public void Decode_Stories260KGreedy_GivesLlamaCppsIds()
    {
        using var decoder = Load();

        var answer = Greedy(decoder, Stories260K.Prompt, Stories260K.Answer.Length);

        Assert.Equal(342, answer.Count);
        Assert.Equal(Stories260K.Answer, answer);
    }

    [SkippableFact]
    public void Compute_WholeInPiecesOrByStep_GivesTheSameLogits()
    {
        using var decoder = Load();
        var whole = Stories260K.Prompt.Concat(Stories260K.Answer[..60]).ToArray();

        var atOnce = new StoredSequence(decoder, firstBlock: 0).AppendAll(whole, whole.Length);

        var byStep = new StoredSequence(decoder, firstBlock: 100, stride: 3);
        for (var i = 0; i < whole.Length; i++)
        {
            AssertClose(Row(decoder, atOnce, i), byStep.Append(whole[i]));
        }

        var pieces = new StoredSequence(decoder, firstBlock: 200, stride: 2);
        pieces.Append(whole.AsSpan(0, 7));
        pieces.AppendAll(whole.AsSpan(7, 25), 0);
        AssertClose(Row(decoder, atOnce, whole.Length - 1), pieces.Append(whole.AsSpan(32)));
    }

    [SkippableFact]
    public void Compute_BatchOfUnequalLengths_GivesTheLogitsOfEachAlone()
    {
        using var decoder = Load();
        int[][] prompts = [Stories260K.Prompt, [.. Stories260K.Prompt, .. Stories260K.Answer[..40]], [1], [.. Stories260K.Answer[..7]]];
        var alone = prompts.Select((prompt, i) => new StoredSequence(decoder).Append([.. prompt, 400 + i])).ToList();
        var sequences = prompts.Select((_, i) => new StoredSequence(decoder, firstBlock: 10 + i, stride: 4)).ToList();
        for (var i = 0; i < prompts.Length; i++)
        {
            sequences[i].AppendAll(prompts[i], 0);
        }

        // Next tokens of four and the prompt of a fifth, in one step.
        var batch = new StepBatch(20);
        for (var i = 0; i < prompts.Length; i++)
        {
            sequences[i].AddTo(batch, [400 + i]);
        }

        new StoredSequence(decoder, firstBlock: 300).AddTo(batch, Stories260K.Prompt, logitRows: 2);
        var logits = new float[6 * decoder.VocabularySize];
        decoder.Compute(batch, logits);

        for (var i = 0; i < prompts.Length; i++)
        {
            AssertClose(alone[i], Row(decoder, logits, i));
        }

        AssertClose(new StoredSequence(decoder).Append(Stories260K.Prompt.AsSpan(..^1)), Row(decoder, logits, 4));
        AssertClose(new StoredSequence(decoder).Append(Stories260K.Prompt), Row(decoder, logits, 5));
    }

    [SkippableFact]
    public void Compute_SharedFirstBlocks_GivesTheLogitsOfAnOwnCopy()
    {
        using var decoder = Load();
        var whole = Stories260K.Prompt.Concat(Stories260K.Answer[..60]).ToArray();
        var first = new StoredSequence(decoder);
        first.AppendAll(whole, 0);

        var shared = new BlockTable();
        shared.Add(first.Blocks.Blocks[0]);
        shared.Add(first.Blocks.Blocks[1]);
        shared.Add(400);
        var batch = new StepBatch(8);
        batch.Add([7, 8, 9, 10], 32, shared, 1);
        var logits = new float[decoder.VocabularySize];
        decoder.Compute(batch, logits);

        AssertClose(new StoredSequence(decoder, firstBlock: 500).Append([.. whole[..32], 7, 8, 9, 10]), logits);
    }

    [Fact]
    public void Clear_Block_LeavesNothingOfIt()
    {
        using var model = new TinyModel();
        var folder = ModelFolder.Read(model.Folder);
        using var cache = new KeyValueCache(folder.Config, blocks: 3, TorchPlace.Reference);
        using var slots = torch.arange(48, dtype: torch.int64);
        using var ones = torch.ones([48, folder.Config.KeyValueHeads, folder.Config.HeadSize]);
        cache.Store(1, slots, ones, ones);

        cache.Clear(1);

        var (keys, values) = cache.Read(1, slots);
        Assert.Equal(2f / 3, keys.mean().item<float>(), 1e-6f);
        Assert.Equal(0, values.narrow(0, 16, 16).abs().max().item<float>());
    }

    [Fact]
    public void Weights_OnceTheDecoderIsMade_AreNotHeldTwice()
    {
        var (decoder, read) = MakeAndForget();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.False(read.IsAlive);
        decoder.Dispose();
    }

    [Fact]
    public void Constructor_ConfigThatAsksForTerabytes_NamesTheTensorBeforeMemoryIsTaken()
    {
        using var model = new TinyModel();
        model.WriteConfig(config => (config["vocab_size"], config["hidden_size"]) = (4_194_304, 65_536));
        var folder = ModelFolder.Read(model.Folder);

        var error = Assert.Throws<ModelFormatException>(() => new TorchDecoder(folder.Config, folder.Weights, 16, 1));

        Assert.Equal("model.embed_tokens.weight", error.Field);
    }

    [Fact]
    public void Steps_ManyOfThem_LeaveNoTensorBehind()
    {
        using var model = new TinyModel();
        var folder = ModelFolder.Read(model.Folder);
        using var decoder = new TorchDecoder(folder.Config, folder.Weights, TinyModel.ContextTokens, 20);
        Run(20);
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

        Run(40);

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);

        void Run(int steps)
        {
            var (one, other) = (new StoredSequence(decoder), new StoredSequence(decoder, firstBlock: 10));
            var batch = new StepBatch(16);
            var logits = new float[2 * decoder.VocabularySize];
            one.AddTo(batch, [1, 2, 3]);
            for (var i = 0; i < steps; i++)
            {
                other.AddTo(batch, [5]);
                decoder.Compute(batch, logits);
                batch.Clear();
                one.AddTo(batch, [6]);
            }

            decoder.Clear(0);
        }
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(8, true)]
    public void Compute_TokenBeforeAllWindows_IsNotSeen(int window, bool same)
    {
        using var family = new TinyFamily("mistral", config => config["sliding_window"] = window == 0 ? null : window);
        var folder = ModelFolder.Read(family.Folder);
        using var decoder = new TorchDecoder(folder.Config, folder.Weights, 64, blocks: 8);

        // Three layers of 8 positions reach back over 21.
        int[] ids = [.. Enumerable.Range(60, 22 + 8)];
        var expected = new StoredSequence(decoder).Append(ids);
        var changed = new StoredSequence(decoder, firstBlock: 4).Append([1, .. ids[1..]]);

        Assert.Equal(same, expected.SequenceEqual(changed));
    }

    [Fact]
    public void Compute_AttentionScale_IsThatOfQueries()
    {
        using var family = new TinyFamily("gemma2");
        var folder = ModelFolder.Read(family.Folder);
        var halved = folder.Weights.ToDictionary(pair => pair.Key, pair => pair.Key.EndsWith("q_proj.weight", StringComparison.Ordinal)
            ? pair.Value with { Values = [.. pair.Value.Values.Select(value => value / 2)] }
            : pair.Value);
        foreach (var config in (DecoderConfig[])[folder.Config, folder.Config with { AttentionCap = null }])
        {
            using var byWeights = new TorchDecoder(config, halved, 64, blocks: 4);
            using var byScale = new TorchDecoder(config with { AttentionScale = config.AttentionScale / 2 }, folder.Weights, 64, blocks: 4);

            AssertClose(new StoredSequence(byWeights).Append(1, 2, 3, 4), new StoredSequence(byScale).Append(1, 2, 3, 4));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (TorchDecoder Decoder, WeakReference Read) MakeAndForget()
    {
        using var model = new TinyModel();
        var folder = ModelFolder.Read(model.Folder);
        return (new TorchDecoder(folder.Config, folder.Weights, 16, 1), new WeakReference(folder.Weights["lm_head.weight"].Values));
    }

    private static TorchDecoder Load()
    {
        var folder = ModelFolder.Read(Stories260K.Folder);
        return new TorchDecoder(folder.Config, folder.Weights, folder.Config.ContextTokens, 600);
    }

    private static List<int> Greedy(TorchDecoder decoder, int[] prompt, int count)
    {
        var answer = new List<int>();
        var sequence = new StoredSequence(decoder);
        for (var logits = sequence.Append(prompt); ; logits = sequence.Append(answer[^1]))
        {
            answer.Add(Array.IndexOf(logits, logits.Max()));
            if (answer.Count == count)
            {
                return answer;
            }
        }
    }

    private static ReadOnlySpan<float> Row(TorchDecoder decoder, float[] logits, int row) => logits.AsSpan(row * decoder.VocabularySize, decoder.VocabularySize);

    // float32 sums in another order: 1e-3 is what the engine's first gate allows against llama.cpp; seen here are some 1e-5.
    private static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-3f);
        }
    }
}
