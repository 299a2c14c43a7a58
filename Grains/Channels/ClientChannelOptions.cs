using System.ComponentModel.DataAnnotations;

namespace CocoonOrleans.Grains.Channels;

/// <summary>Settings of the channels with which clients pay; section <c>ClientChannels</c>. When vouchers are charged is said in section <c>Channels</c>.</summary>
public sealed class ClientChannelOptions : IValidatableObject
{
    /// <summary>The name of the configuration section.</summary>
    public const string Section = "ClientChannels";

    /// <summary>Whether clients may open channels to the operator's wallet.</summary>
    public bool Accept { get; set; }

    /// <summary>How far the operator works beyond a client's best voucher, in nano: the most that it loses when a client stops to sign.</summary>
    [Range(0, 1_000_000_000_000)]
    public long CreditWindowNano { get; set; }

    /// <summary>The shortest time that a client must wait when it leaves alone: in it the operator must bring its voucher to the chain. Whole seconds.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan LeastCloseDelay { get; set; } = TimeSpan.FromDays(1);

    /// <summary>The longest one; whole seconds.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "31.00:00:00")]
    public TimeSpan MostCloseDelay { get; set; } = TimeSpan.FromDays(7);

    /// <summary>The most channels that an account may have at a time, closed ones aside.</summary>
    [Range(1, 100)]
    public int MostPerAccount { get; set; } = 4;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (LeastCloseDelay > MostCloseDelay)
        {
            yield return new ValidationResult("LeastCloseDelay must not be above MostCloseDelay.", [nameof(LeastCloseDelay)]);
        }
    }
}
