using System.ComponentModel.DataAnnotations;

namespace CocoonOrleans.Gateway.Attestation;

/// <summary>Time that a processor family gets to catch up after Intel has asked for more.</summary>
public sealed class OutOfDateGraceOptions : IValidatableObject
{
    /// <summary>The family, 12 hex digits.</summary>
    [Required, RegularExpression("^[0-9a-fA-F]{12}$", ErrorMessage = "must be 12 hex digits.")]
    public string Fmspc { get; set; } = "";

    /// <summary>When Intel's documents began to ask for more.</summary>
    public DateTimeOffset NewerSince { get; set; }

    /// <summary>The end that is wished, after <see cref="NewerSince"/>; no more than 14 days after that count.</summary>
    public DateTimeOffset Until { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (NewerSince == default)
        {
            yield return new ValidationResult("must say since when Intel asks for more, such as 2026-03-01T00:00:00Z.", [nameof(NewerSince)]);
        }
        else if (Until <= NewerSince)
        {
            yield return new ValidationResult("must be after NewerSince.", [nameof(Until)]);
        }
    }
}
