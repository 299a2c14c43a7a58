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

    /// <summary>Where the key's use is remembered, apart from the ledger; empty for beside the key: its file's name and <c>.signed</c>.</summary>
    public string StoreFile { get; set; } = "";

    /// <summary>The most that vouchers may rise in a day (UTC), all channels together, in nano; 0.1 to 1,000,000 coins.</summary>
    [Range(100_000_000, 1_000_000_000_000_000)]
    public long DailyCapNano { get; set; } = 1_000_000_000_000;

    /// <summary>The file that <see cref="StoreFile"/> means.</summary>
    internal string StorePath => StoreFile.Length > 0 ? StoreFile : $"{KeyFile}.signed";

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if ((KeyFile.Length == 0) != (PassphraseFile.Length == 0))
        {
            yield return new ValidationResult("KeyFile and PassphraseFile go together.", [nameof(KeyFile)]);
        }
    }
}
