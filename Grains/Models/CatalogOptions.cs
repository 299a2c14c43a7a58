using System.ComponentModel.DataAnnotations;

namespace CocoonOrleans.Grains.Models;

/// <summary>The models that this network serves; section <c>Catalog</c>. A change of the file is taken up while the silo runs.</summary>
public sealed class CatalogOptions
{
    /// <summary>The models.</summary>
    public List<CatalogModelOptions> Models { get; } = [];
}

/// <summary>One model of the catalogue.</summary>
public sealed class CatalogModelOptions : IValidatableObject
{
    /// <summary>The public name, as clients send it: 1 to 256 letters, digits, <c>.</c>, <c>_</c>, <c>-</c>, <c>/</c> and <c>:</c>.</summary>
    [Required, RegularExpression("[A-Za-z0-9._/:-]{1,256}")]
    public string Name { get; set; } = "";

    /// <summary>SHA-256 of the model's manifest, 64 lower-case hexadecimal digits.</summary>
    [Required, RegularExpression("[0-9a-f]{64}")]
    public string ManifestSha256 { get; set; } = "";

    /// <summary>SHA-256 of tokenizer, its configuration and chat template, 64 lower-case hexadecimal digits.</summary>
    [Required, RegularExpression("[0-9a-f]{64}")]
    public string TokenizerSha256 { get; set; } = "";

    /// <summary>The most tokens of prompt and completion together.</summary>
    [Range(1, 100_000_000)]
    public int ContextTokens { get; set; }

    /// <summary>The most tokens generated where the request names no limit, 1 or more; 0 where the model makes embeddings.</summary>
    [Range(0, 100_000_000)]
    public int DefaultMaxCompletionTokens { get; set; }

    /// <summary>Numbers of its vectors where it makes embeddings; 0 where it chats.</summary>
    [Range(0, 65_536)]
    public int EmbeddingDimensions { get; set; }

    /// <summary>The most that the default lane pays.</summary>
    [Required]
    public ReservePriceOptions Reserve { get; set; } = new();

    /// <summary>When it came into the catalogue.</summary>
    public DateTimeOffset Created { get; set; } = DateTimeOffset.UnixEpoch;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (DefaultMaxCompletionTokens == 0 && EmbeddingDimensions == 0)
        {
            yield return new ValidationResult("must be 1 or more, unless the model makes embeddings and says EmbeddingDimensions.", [nameof(DefaultMaxCompletionTokens)]);
        }
        else if (DefaultMaxCompletionTokens > 0 && EmbeddingDimensions > 0)
        {
            yield return new ValidationResult("must be absent where the model makes embeddings.", [nameof(DefaultMaxCompletionTokens)]);
        }
    }
}

/// <summary>Prices, each in nano per 1,000,000 tokens.</summary>
public sealed class ReservePriceOptions
{
    /// <summary>For prompt tokens.</summary>
    [Range(0, long.MaxValue)]
    public long Prompt { get; set; }

    /// <summary>For prompt tokens that were found in the prefix cache.</summary>
    [Range(0, long.MaxValue)]
    public long Cached { get; set; }

    /// <summary>For generated tokens.</summary>
    [Range(0, long.MaxValue)]
    public long Completion { get; set; }

    /// <summary>For each request, in nano.</summary>
    [Range(0, long.MaxValue)]
    public long Request { get; set; }
}
