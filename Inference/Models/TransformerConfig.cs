using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models.Families;

namespace CocoonOrleans.Inference.Models;

/// <summary>What the shapes of decoders and encoders have in common.</summary>
public abstract record TransformerConfig
{
    /// <summary>The file's name in every model folder.</summary>
    public const string FileName = "config.json";

    /// <summary>The family, as Hugging Face's <c>architectures</c> has it, such as <c>LlamaForCausalLM</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width of the feed-forward layers.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Number of layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Number of query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Number of token ids.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Highest number of positions.</summary>
    public required int ContextTokens { get; init; }

    /// <summary>Added to the mean square, or to the variance, in norms.</summary>
    public required double NormEpsilon { get; init; }

    /// <summary>Ids that end an answer, as config.json names them; may be empty.</summary>
    public required IReadOnlyList<int> EndIds { get; init; }

    /// <summary>Number of weights.</summary>
    public abstract long Parameters { get; }

    /// <summary>Numbers of keys and values that are kept for one position of one sequence.</summary>
    public abstract long CacheNumbersPerToken { get; }

    /// <summary>Reads config.json.</summary>
    /// <exception cref="ModelFormatException">Not JSON, a field is missing or out of range, or the model computes something that the engine does not.</exception>
    public static TransformerConfig Parse(ReadOnlyMemory<byte> json)
    {
        using var fields = new ConfigFields(json);
        return EncoderFamily.Find(fields) is { } encoder ? encoder.Read(fields) : DecoderConfig.Parse(json);
    }
}
