using CocoonOrleans.HouseModel.Text;
using CocoonOrleans.HouseModel.Training;
using CocoonOrleans.Inference.Torch;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tests.Inference.HouseModel.Training;

public sealed class TrainingRunTests : IDisposable
{
    private const ulong Seed = 3;
    private static readonly Generator Generator = new(TextMix.Early);
    private readonly TemporaryFolder _folder = new();
    private readonly ChatFormat _format = new(Tokenizer.Load(HouseModelFolder.Path));

    public TrainingRunTests() => TorchLibrary.Load();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_InterruptedAndResumed_GivesTheWeightsOfAnUninterruptedRun()
    {
        var whole = Train("whole", stopAt: null);
        Train("parts", stopAt: 8);

        var resumed = Train("parts", stopAt: null);

        Assert.Equal(whole, resumed);
    }

    [Fact]
    public void Run_SameSeedTwice_GivesTheSameBits() => Assert.Equal(Train("first", stopAt: null), Train("second", stopAt: null));

    [Fact]
    public void Run_OtherSeed_GivesOtherWeights() => Assert.NotEqual(Train("first", stopAt: null), Train("second", stopAt: null, seed: Seed + 1));

    [Fact]
    public void Run_LongerScheduleStoppedBeforeItsDecay_GoesOnAsAShorterRun()
    {
        var shorter = Train("shorter", stopAt: null);
        Train("longer", stopAt: 12, steps: 400);

        var cooled = Train("longer", stopAt: null);

        Assert.Equal(shorter, cooled);
    }

    [Fact]
    public void Run_SixtySteps_LowersTheLoss()
    {
        var log = new StringWriter();
        using var network = TinyNetwork();
        var run = new TrainingRun(network, Batches(), new Schedule(3e-2, 60, 8), _format.Padding, TimeProvider.System);

        run.Run(log, CancellationToken.None);

        var mean = double.Parse(log.ToString().Split("loss ")[1].Split(',')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(mean, 0.1, Math.Log(_format.Vocabulary) - 0.1);
    }

    [Fact]
    public void RowSource_AskedOutOfOrder_GivesTheSameBatch()
    {
        var expected = Batches()[RowSource.BatchesInPool + 3].Rows.Select(row => row.Ids);
        var source = Batches();
        _ = source[5 * RowSource.BatchesInPool];

        Assert.Equal(expected, source[RowSource.BatchesInPool + 3].Rows.Select(row => row.Ids));
    }

    [Fact]
    public void RowSource_FromTheFirstPoolBehindTheTurn_MakesTheLateText()
    {
        var source = new RowSource(Generator, new Generator(TextMix.Late), turn: RowSource.BatchesInPool + 1, _format, Seed, tokensInBatch: 128);
        bool IsEarlyText(long pool) => source[pool * RowSource.BatchesInPool].Rows.Select(row => row.Ids).SequenceEqual(
            Batches()[pool * RowSource.BatchesInPool].Rows.Select(row => row.Ids), EqualityComparer<int[]>.Create((a, b) => a!.SequenceEqual(b!)));

        Assert.True(IsEarlyText(0));
        Assert.True(IsEarlyText(1));
        Assert.False(IsEarlyText(2));
    }

    private Network TinyNetwork(ulong seed = Seed) => new(new Shape(_format.Vocabulary, Hidden: 8, Layers: 1, Heads: 2, Intermediate: 8), (long)seed);

    private RowSource Batches(ulong seed = Seed) => new(Generator, Generator, turn: 0, _format, seed, tokensInBatch: 128);

    private float[] Train(string name, long? stopAt, long steps = 20, ulong seed = Seed)
    {
        using var network = TinyNetwork(seed);
        var run = new TrainingRun(network, Batches(seed), new Schedule(1e-2, steps, DecaySteps: 8), _format.Padding, TimeProvider.System)
        {
            CheckpointFolder = _folder.File(name),
            CheckpointEvery = 4,
            StopAt = stopAt,
        };
        run.Run(TextWriter.Null, CancellationToken.None);
        return [.. network.Weights.Values.SelectMany(weight => weight.data<float>().ToArray())];
    }
}
