using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models.Families;

namespace CocoonOrleans.Inference.Models;

/// <summary>Names of an encoder's tensors in Hugging Face's files.</summary>
/// <param name="Prefix">What stands before all of them.</param>
internal sealed record EncoderNames(string Prefix)
{
    // What else the files hold: a head for a task, and what follows from the configuration.
    private static readonly string[] NotComputed = ["pooler.", "cls.", "lm_head.", "classifier.", "embeddings.position_ids", "embeddings.token_type_ids"];

    public string Words => Prefix + "embeddings.word_embeddings.weight";

    public string Positions => Prefix + "embeddings.position_embeddings.weight";

    public string TokenTypes => Prefix + "embeddings.token_type_embeddings.weight";

    public string EmbeddingNorm => Prefix + "embeddings.LayerNorm";

    /// <summary>The names that a model's weights have.</summary>
    public static EncoderNames Of(EncoderConfig config, IReadOnlyDictionary<string, WeightTensor> weights)
    {
        var plain = new EncoderNames("");
        return weights.ContainsKey(plain.Words) ? plain : new EncoderNames(EncoderFamily.Of(config).Prefix);
    }

    public string Layer(int index) => $"{Prefix}encoder.layer.{index}.";

    public static string Projection(string layer, string part, string kind) => $"{layer}attention.self.{part}.{kind}";

    public static string Output(string layer) => layer + "attention.output.dense";

    public static string AttentionNorm(string layer) => layer + "attention.output.LayerNorm";

    public static string Up(string layer) => layer + "intermediate.dense";

    public static string Down(string layer) => layer + "output.dense";

    public static string FeedForwardNorm(string layer) => layer + "output.LayerNorm";

    /// <summary>Whether a tensor belongs to a part of the model that makes no states.</summary>
    public bool IsBeside(string name)
    {
        var own = name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name;
        return NotComputed.Any(part => own.StartsWith(part, StringComparison.Ordinal));
    }
}
