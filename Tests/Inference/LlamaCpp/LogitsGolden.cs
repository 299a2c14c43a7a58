using System.Text.Json;

namespace CocoonOrleans.Tests.Inference.LlamaCpp;

/// <summary>What llama.cpp made of a tiny model: for each position the best id, by how much it is ahead, and the logits of every eighth id, each time others.</summary>
/// <param name="WeightsSha256">Which weights these were.</param>
/// <param name="Ids">The sequence.</param>
/// <param name="Best">The id with the highest logit after each one.</param>
/// <param name="Gaps">How far the next best one lies behind.</param>
/// <param name="Logits">A row for each id: logits of ids p % 8, p % 8 + 8, ... at position p.</param>
internal sealed record LogitsGolden(string WeightsSha256, int[] Ids, int[] Best, double[] Gaps, double[][] Logits)
{
    private const int Stride = 8;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Web);

    public static LogitsGolden Of(string weightsSha256, int[] ids, float[][] all) => new(
        weightsSha256,
        ids,
        [.. all.Select(row => Array.IndexOf(row, row.Max()))],
        [.. all.Select(row => Math.Round(row.Max() - row.Order().ElementAt(row.Length - 2), 4))],
        [.. all.Select((row, position) => Chosen(row, position).Select(logit => Math.Round(logit, 4)).ToArray())]);

    public static LogitsGolden Load(string name) => JsonSerializer.Deserialize<LogitsGolden>(File.ReadAllText(PathOf(name)), Json)!;

    public void Save(string name) => File.WriteAllText(
        PathOf(name), JsonSerializer.Serialize(this, Json).Replace("],[", "],\n[", StringComparison.Ordinal).Replace(",\"", ",\n\"", StringComparison.Ordinal) + "\n");

    /// <summary>Those of a row's logits that are kept.</summary>
    public static IEnumerable<double> Chosen(float[] row, int position)
        => Enumerable.Range(0, row.Length).Where(id => id % Stride == position % Stride).Select(id => (double)row[id]);

    private static string PathOf(string name) => Path.Combine(LlamaCppRun.Goldens, $"{name}.json");
}
