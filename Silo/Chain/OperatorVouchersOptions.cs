using System.ComponentModel.DataAnnotations;

namespace CocoonOrleans.Silo.Chain;

/// <summary>The operator's voucher key; section <c>OperatorVouchers</c>. Without a key file this silo signs no vouchers.</summary>
public sealed class OperatorVouchersOptions : IValidatableObject
{
    /// <summary>The name of the configuration section.</summary>
    public const string Section = "OperatorVouchers";

    /// <summary>The encrypted key, mode 0600.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>The passphrase, in a file of mode 0600.</summary>
    public string PassphraseFile { get; set; } = "";

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if ((KeyFile.Length == 0) != (PassphraseFile.Length == 0))
        {
            yield return new ValidationResult("KeyFile and PassphraseFile go together.", [nameof(KeyFile)]);
        }
    }
}
