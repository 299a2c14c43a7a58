using System.ComponentModel.DataAnnotations;
using CocoonOrleans.Inference.Upstream;
using CocoonOrleans.Sealing.Models;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.WorkerHost.Hosting;

/// <summary>One model to serve.</summary>
public sealed class ModelOptions : IValidatableObject
{
    /// <summary>The name that clients use: 1 to 128 letters, digits and <c>._-/:</c>.</summary>
    [Required, RegularExpression("^[A-Za-z0-9._/:-]{1,128}$", ErrorMessage = "must be 1 to 128 letters, digits and ._-/:")]
    public string Name { get; set; } = "";

    /// <summary>The folder with its weights, tokenizer and chat template; without the weights where <see cref="Upstream"/> computes it.</summary>
    [Required]
    public string Folder { get; set; } = "";

    /// <summary>The content that the folder must have: hex SHA-256 of its manifest; null accepts what lies there.</summary>
    [RegularExpression("^[0-9a-f]{64}$", ErrorMessage = "must be 64 lower-case hex digits.")]
    public string? ManifestSha256 { get; set; }

    /// <summary>The server that computes it, where the engine is <c>upstream</c>.</summary>
    public UpstreamModelOptions? Upstream { get; set; }

    /// <summary>
    /// Where the key brokers of an encrypted model answer, as many as its manifest names and in its order, where that has changed since it was written; http or https, ending with a slash. None: where the manifest says.
    /// </summary>
    [MaxLength(EncryptedModelManifest.MostBrokers)]
    public List<string> Brokers { get; set; } = [];

    /// <summary>What it costs at least.</summary>
    [Required]
    public PriceOptions Prices { get; set; } = new();

    /// <summary>How the prices move, and what else is offered: signed by the worker and posted to the market. Null: the prices stand as they are.</summary>
    public OfferOptions? Offer { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Brokers.TrueForAll(ModelBroker.IsAddress))
        {
            yield return new ValidationResult("must be http or https addresses that end with a slash, such as https://keys.example.org/.", [nameof(Brokers)]);
        }
    }
}

/// <summary>Prices in nano. The defaults are COCOON's usual 20 nano for each prompt token and twice that for each generated one.</summary>
public sealed class PriceOptions
{
    /// <summary>Nano per 1,000,000 prompt tokens that were not cached.</summary>
    [Range(0L, long.MaxValue)]
    public long Prompt { get; set; } = 20_000_000;

    /// <summary>Nano per 1,000,000 prompt tokens from the prefix cache.</summary>
    [Range(0L, long.MaxValue)]
    public long Cached { get; set; } = 5_000_000;

    /// <summary>Nano per 1,000,000 generated tokens.</summary>
    [Range(0L, long.MaxValue)]
    public long Completion { get; set; } = 40_000_000;

    /// <summary>Nano per request.</summary>
    [Range(0L, long.MaxValue)]
    public long Request { get; set; }

    internal OfferedPrices ToOffer() => new(Prompt, Cached, Completion, Request);
}
