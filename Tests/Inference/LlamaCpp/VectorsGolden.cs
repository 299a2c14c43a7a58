using System.Text.Json;

namespace CocoonOrleans.Tests.Inference.LlamaCpp;

/// <summary>The vectors that llama.cpp makes of some inputs with a tiny model, each of length 1.</summary>
/// <param name="WeightsSha256">Which weights these were.</param>
/// <param name="Inputs">The inputs' ids.</param>
/// <param name="Vectors">A vector for each.</param>
internal sealed record VectorsGolden(string WeightsSha256, int[][] Inputs, double[][] Vectors)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Web);

    public static VectorsGolden Of(string weightsSha256, int[][] inputs, double[][] vectors)
        => new(weightsSha256, inputs, [.. vectors.Select(vector => Math.Sqrt(vector.Sum(number => number * number)) is var length ? vector.Select(number => Math.Round(number / length, 5)).ToArray() : [])]);

    public static VectorsGolden Load(string name) => JsonSerializer.Deserialize<VectorsGolden>(File.ReadAllText(PathOf(name)), Json)!;

    public void Save(string name) => File.WriteAllText(
        PathOf(name), JsonSerializer.Serialize(this, Json).Replace("],[", "],\n[", StringComparison.Ordinal).Replace(",\"", ",\n\"", StringComparison.Ordinal) + "\n");

    private static string PathOf(string name) => Path.Combine(LlamaCppRun.Goldens, $"vectors-{name}.json");
}
