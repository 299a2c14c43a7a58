using System.Text.Json;
using CocoonOrleans.Tokenization.Files;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tokenization.Chat;

/// <summary>
/// How a model wants its tokens chosen where a request doesn't say: what its authors put into <c>generation_config.json</c>, as vLLM takes it too. Null: they don't say.
/// </summary>
public sealed record SamplingDefaults
{
    /// <summary>No wishes.</summary>
    public static SamplingDefaults None { get; } = new();

    /// <summary>0 to 2; 0 where the file says <c>"do_sample": false</c>.</summary>
    public double? Temperature { get; private init; }

    /// <summary>Above 0, up to 1.</summary>
    public double? TopP { get; private init; }

    /// <summary>0 or more; 0 keeps all.</summary>
    public int? TopK { get; private init; }

    /// <summary>0 to 1.</summary>
    public double? MinP { get; private init; }

    /// <summary>Above 0, up to 2.</summary>
    public double? RepetitionPenalty { get; private init; }

    /// <exception cref="TokenizerFormatException">A value is of the wrong kind, or out of range.</exception>
    internal static SamplingDefaults Read(JsonField config)
    {
        var top = config["top_k"];
        return new SamplingDefaults
        {
            Temperature = config["do_sample"].Bool(absent: true) ? Within(config["temperature"], 0, 2) : 0,
            TopP = Within(config["top_p"], double.Epsilon, 1),

            // transformers writes null or a number; llama.cpp's world writes -1 for all.
            TopK = top.IsNull ? null : top.Element.ValueKind == JsonValueKind.Number && top.Element.TryGetInt32(out var none) && none == -1 ? 0 : top.Number(int.MaxValue),
            MinP = Within(config["min_p"], 0, 1),
            RepetitionPenalty = Within(config["repetition_penalty"], double.Epsilon, 2),
        };
    }

    private static double? Within(JsonField field, double least, double most)
    {
        if (field.IsNull)
        {
            return null;
        }

        var value = field.Real();
        return value >= least && value <= most ? value : throw field.Refuse(least > 0 ? $"must be above 0 and at most {most}" : $"must be from {least} to {most}");
    }
}
