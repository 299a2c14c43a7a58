using System.Security.Cryptography;
using System.Text.Json;
using CocoonOrleans.HouseModel;
using CocoonOrleans.HouseModel.Evaluation;
using CocoonOrleans.HouseModel.Text;
using CocoonOrleans.HouseModel.Text.Skills;
using CocoonOrleans.HouseModel.Training;
using CocoonOrleans.HouseModel.Vocabulary;
using CocoonOrleans.Inference.Torch;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tests.Inference.HouseModel.Evaluation;

public sealed class CommittedModelTests : IDisposable
{
    private const double LeastShareOfSums = 0.95;
    private const long Turn = 8_000;
    private static readonly JsonElement Report = JsonDocument.Parse(File.ReadAllBytes(HouseModelFolder.File(EvaluationReport.FileName))).RootElement;
    private static readonly string Card = File.ReadAllText(HouseModelFolder.File("README.md"));
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Evaluation_Committed_IsAboutTheCommittedWeights()
        => Assert.Equal(EvaluationReport.WeightsSha256(HouseModelFolder.Path), Report.GetProperty("weightsSha256").GetString());

    [Fact]
    public void Evaluation_Committed_IsAboutTheCommittedTokenizer()
        => Assert.Equal(EvaluationReport.Sha256(HouseModelFolder.File("tokenizer.json")), Report.GetProperty("tokenizerSha256").GetString());

    [Fact]
    public void Card_Committed_ShowsTheCommittedAccuraciesAndHash()
    {
        var rows = Report.GetProperty("skills").EnumerateArray().Select(row => new Accuracy(
            row.GetProperty("skill").GetString()!, row.GetProperty("items").GetInt32(), Count(row, "newOperands"), Count(row, "newWordings")));

        Assert.Contains(EvaluationReport.ToTable([.. rows]), Card);
        Assert.Contains(EvaluationReport.ToSentence(SumsRight), Card);
        Assert.Contains(Report.GetProperty("weightsSha256").GetString()!, Card);
    }

    [Fact]
    public void HeldOutSums_Committed_AreThoseOfTheGenerator()
        => Assert.Equal(HeldOutSums.All.Select(sum => Addition.Key(sum.A, sum.B)), File.ReadLines(HouseModelFolder.File(HeldOutSums.FileName)));

    [Fact]
    public void HeldOutSums_AskedAsTheDemoAsks_AreAnsweredAsTheReportSays()
    {
        TorchLibrary.Load();
        var format = new ChatFormat(Tokenizer.Load(HouseModelFolder.Path));
        using var network = ModelFiles.Read(HouseModelFolder.Path, Shape.House(format.Vocabulary));

        var right = new Examiner(new Generator(TextMix.Examined), format, network).ExamineSums();

        Assert.Equal(SumsRight, right);
        Assert.InRange((double)right / HeldOutSums.All.Count, LeastShareOfSums, 1);
    }

    [Fact]
    public void Vocabulary_MadeAgain_IsTheCommittedTokenizer()
    {
        TokenizerFiles.Write(_folder.Path, new VocabularyBuilder().Build(Verbs.VocabularySeed, Verbs.MostPieces), Shape.Positions);

        Assert.Equal(EvaluationReport.Sha256(HouseModelFolder.File("tokenizer.json")), EvaluationReport.Sha256(_folder.File("tokenizer.json")));
    }

    /// <summary>Whoever changes what the generator makes must train again: the committed weights are those of the committed text.</summary>
    [Theory]
    [InlineData(0, "ddebd2c72c1b33b8")]
    [InlineData(Turn / RowSource.BatchesInPool, "a6df0e91b4f659a2")]
    public void TrainingText_MadeAgain_IsWhatTheCommittedWeightsSaw(long pool, string start)
    {
        var source = new RowSource(
            new Generator(TextMix.Early), new Generator(TextMix.Late), Turn, new ChatFormat(Tokenizer.Load(HouseModelFolder.Path)), seed: 1, Verbs.TokensInBatch);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        for (var step = pool * RowSource.BatchesInPool; step < (pool + 1) * RowSource.BatchesInPool; step++)
        {
            foreach (var id in source[step].Rows.SelectMany(row => row.Ids))
            {
                hash.AppendData(BitConverter.GetBytes(id));
            }
        }

        Assert.StartsWith(start, Convert.ToHexStringLower(hash.GetHashAndReset()), StringComparison.Ordinal);
    }

    private static int SumsRight => Report.GetProperty("heldOutSums").GetProperty("right").GetInt32();

    private static int Count(JsonElement row, string name) => (int)Math.Round(row.GetProperty(name).GetDouble() * row.GetProperty("items").GetInt32() / 100);
}
