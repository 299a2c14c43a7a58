using System.ComponentModel.DataAnnotations;
using CocoonOrleans.Ledger.Deposits;
using CocoonOrleans.Market;

namespace CocoonOrleans.Grains.Deposits;

/// <summary>Settings of what clients send to the operator's wallet for their prepaid accounts; section <c>Deposits</c>.</summary>
public sealed class DepositOptions : IValidatableObject
{
    /// <summary>The name of the configuration section.</summary>
    public const string Section = "Deposits";

    /// <summary>
    /// Whether the operator's wallet takes clients' deposits. Then the operator's own coins go there with the comment <c>capital</c>; without it all that comes in is the operator's.
    /// </summary>
    public bool Accept { get; set; }

    /// <summary>The least top-up, in nano; less waits for the operator.</summary>
    [Range(1, 1_000_000_000_000)]
    public long LeastNano { get; set; } = 100_000_000;

    /// <summary>The most that an account may have with a deposit, in nano: until it is spent, the coins are in the operator's hands.</summary>
    [Range(1, 1_000_000_000_000_000)]
    public long CapNano { get; set; } = 100_000_000_000;

    /// <summary>The rules for the ledger.</summary>
    internal DepositRules Rules => new(new Nano(LeastNano), new Nano(CapNano));

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (LeastNano > CapNano)
        {
            yield return new ValidationResult("LeastNano must not be above CapNano.", [nameof(LeastNano)]);
        }
    }
}
