using System.ComponentModel.DataAnnotations;

namespace CocoonOrleans.Gateway.Attestation;

/// <summary>A processor family whose configuration is put up with although Intel would have it otherwise.</summary>
public sealed class ToleratedConfigurationOptions : IValidatableObject
{
    /// <summary>The family, 12 hex digits.</summary>
    [Required, RegularExpression("^[0-9a-fA-F]{12}$", ErrorMessage = "must be 12 hex digits.")]
    public string Fmspc { get; set; } = "";

    /// <summary>The advisories that are known and borne, at most 256. Any other refuses.</summary>
    [MaxLength(256)]
    public List<string> Advisories { get; set; } = [];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Advisories.FindIndex(static advisory => !TcbOptions.IsAdvisory(advisory)) is >= 0 and var index)
        {
            yield return new ValidationResult("must be an advisory's id, such as INTEL-SA-00615.", [$"{nameof(Advisories)}:{index}"]);
        }
    }
}
