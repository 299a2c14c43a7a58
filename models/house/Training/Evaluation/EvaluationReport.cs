using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CocoonOrleans.HouseModel.Text;

namespace CocoonOrleans.HouseModel.Evaluation;

/// <summary>The table of accuracies: for reading, and as <c>evaluation.json</c> beside the weights that it is about.</summary>
public static class EvaluationReport
{
    /// <summary>Name of the checked-in file.</summary>
    public const string FileName = "evaluation.json";

    /// <summary>The table in Markdown, in percent.</summary>
    public static string ToTable(IReadOnlyList<Accuracy> accuracies)
    {
        var text = new StringBuilder("| Skill | new operands, % | new wordings too, % | claimed |\n|---|---|---|---|\n");
        foreach (var row in accuracies)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {row.Skill} | {Percent(row.NewOperands, row.Items):F1} | {Percent(row.NewWordings, row.Items):F1} | {(row.IsClaimed ? "yes" : "no")} |\n");
        }

        return text.ToString();
    }

    /// <summary>How the demo's sums went, in a sentence.</summary>
    /// <param name="right">Sums with exactly the right steps and sum.</param>
    public static string ToSentence(int right) => string.Create(CultureInfo.InvariantCulture,
        $"Of the {HeldOutSums.All.Count} held-out sums, asked as `cocoon demo` asks them, {right} ({Percent(right, HeldOutSums.All.Count):F1} %) are answered exactly.");

    /// <summary>Writes the file, with the SHA-256 of weights and tokenizer that were examined.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="accuracies">The table.</param>
    /// <param name="sumsRight">How many of <see cref="HeldOutSums"/> are answered exactly.</param>
    /// <param name="seed">Seed of the questions.</param>
    public static void Write(string folder, IReadOnlyList<Accuracy> accuracies, int sumsRight, ulong seed)
    {
        var skills = accuracies.Select(row => (JsonNode)new JsonObject
        {
            ["skill"] = row.Skill,
            ["items"] = row.Items,
            ["newOperands"] = Percent(row.NewOperands, row.Items),
            ["newWordings"] = Percent(row.NewWordings, row.Items),
            ["claimed"] = row.IsClaimed,
        });
        var json = new JsonObject
        {
            ["weightsSha256"] = WeightsSha256(folder),
            ["tokenizerSha256"] = Sha256(Path.Combine(folder, "tokenizer.json")),
            ["seed"] = seed,
            ["heldOutSums"] = new JsonObject { ["items"] = HeldOutSums.All.Count, ["right"] = sumsRight },
            ["skills"] = new JsonArray([.. skills]),
        };
        File.WriteAllText(Path.Combine(folder, FileName), json.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
    }

    /// <summary>SHA-256 of a folder's shards, one behind the other, lower-case hexadecimal: <c>cat model-*.safetensors | sha256sum</c>.</summary>
    public static string WeightsSha256(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var shard in Training.ModelFiles.WeightsOf(folder))
        {
            hash.AppendData(File.ReadAllBytes(shard));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>SHA-256 of a file, lower-case hexadecimal.</summary>
    public static string Sha256(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));

    private static double Percent(int right, int items) => Math.Round(100.0 * right / items, 2);
}
