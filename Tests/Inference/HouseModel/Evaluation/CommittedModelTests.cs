using System.Text.Json;
using CocoonOrleans.HouseModel.Evaluation;
using CocoonOrleans.HouseModel.Training;

namespace CocoonOrleans.Tests.Inference.HouseModel.Evaluation;

public sealed class CommittedModelTests
{
    private static readonly JsonElement Report = JsonDocument.Parse(File.ReadAllBytes(HouseModelFolder.File(EvaluationReport.FileName))).RootElement;

    [Fact]
    public void Evaluation_Committed_IsAboutTheCommittedWeights()
        => Assert.Equal(EvaluationReport.Sha256(HouseModelFolder.File(ModelFiles.Weights)), Report.GetProperty("weightsSha256").GetString());

    [Fact]
    public void Evaluation_Committed_IsAboutTheCommittedTokenizer()
        => Assert.Equal(EvaluationReport.Sha256(HouseModelFolder.File("tokenizer.json")), Report.GetProperty("tokenizerSha256").GetString());

    [Fact]
    public void Card_Committed_ShowsTheCommittedAccuraciesAndHash()
    {
        var card = File.ReadAllText(HouseModelFolder.File("README.md"));
        var rows = Report.GetProperty("skills").EnumerateArray().Select(row => new Accuracy(
            row.GetProperty("skill").GetString()!, row.GetProperty("items").GetInt32(), Count(row, "newOperands"), Count(row, "newWordings")));

        Assert.Contains(EvaluationReport.ToTable([.. rows]), card);
        Assert.Contains(Report.GetProperty("weightsSha256").GetString()!, card);
    }

    private static int Count(JsonElement row, string name) => (int)Math.Round(row.GetProperty(name).GetDouble() * row.GetProperty("items").GetInt32() / 100);
}
