using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Inference.Scripted;

/// <summary>Settings of the <see cref="ScriptedEngine"/>.</summary>
public sealed class ScriptedEngineOptions
{
    /// <summary>Answers of one model that run at the same time, 1 to 100,000.</summary>
    [Range(1, 100_000)]
    public int Slots { get; set; } = 16;

    /// <summary>Requests of one model that may wait for a slot, 0 to 1,000,000.</summary>
    [Range(0, 1_000_000)]
    public int Queue { get; set; } = 128;

    /// <summary>Highest sum of prompt and completion tokens, 2 to 1,048,576.</summary>
    [Range(2, 1_048_576)]
    public int ContextTokens { get; set; } = 4096;

    /// <summary>Numbers of each vector, 1 to 65,536, where the models make embeddings: drawn from the input, without a meaning. Null: they answer.</summary>
    [Range(1, 65_536)]
    public int? EmbeddingSize { get; set; }

    /// <summary>The script: 1 to 1000 rules.</summary>
    [MinLength(1), MaxLength(1000), ValidateEnumeratedItems]
    public List<ScriptedRule> Rules { get; set; } = [];
}
