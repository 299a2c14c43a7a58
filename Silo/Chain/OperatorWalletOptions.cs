using System.ComponentModel.DataAnnotations;

namespace CocoonOrleans.Silo.Chain;

/// <summary>The operator's wallet, from which providers are paid; section <c>OperatorWallet</c>. Without a key file this silo sends nothing.</summary>
public sealed class OperatorWalletOptions : IValidatableObject
{
    /// <summary>The name of the configuration section.</summary>
    public const string Section = "OperatorWallet";

    /// <summary>The encrypted key, mode 0600.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>The passphrase, in a file of mode 0600.</summary>
    public string PassphraseFile { get; set; } = "";

    /// <summary>0 to 32,767: another wallet of the same key.</summary>
    [Range(0, short.MaxValue)]
    public int Subwallet { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if ((KeyFile.Length == 0) != (PassphraseFile.Length == 0))
        {
            yield return new ValidationResult("KeyFile and PassphraseFile go together.", [nameof(KeyFile)]);
        }
    }
}
