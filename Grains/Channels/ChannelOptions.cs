using System.ComponentModel.DataAnnotations;

namespace CocoonOrleans.Grains.Channels;

/// <summary>Settings of the channels to providers; section <c>Channels</c>.</summary>
public sealed class ChannelOptions
{
    /// <summary>Whether providers get new channels and what was opened is funded for the first time; off while channels are closed to change a key.</summary>
    public bool OpenNew { get; set; } = true;

    /// <summary>Coins are put into a channel when so much is due that wasn't claimed, in nano: from 0.1 coin on.</summary>
    [Range(1, 1_000_000_000_000)]
    public long FundAtNano { get; set; } = 100_000_000;

    /// <summary>The least that is put into a channel at a time beyond what is missing, in nano; twice what is due, where that is more.</summary>
    [Range(100_000_000, 1_000_000_000_000)]
    public long LeastDepositNano { get; set; } = 1_000_000_000;

    /// <summary>And the most, in nano; 0.1 to 1,000 coins.</summary>
    [Range(100_000_000, 1_000_000_000_000)]
    public long DepositNano { get; set; } = 10_000_000_000;

    /// <summary>A channel with less than this left for vouchers is topped up, in nano; or with less than five eighths of what would be put in, where that is less.</summary>
    [Range(0, 1_000_000_000_000)]
    public long RefillBelowNano { get; set; } = 1_000_000_000;

    /// <summary>A voucher is signed when so much is due, in nano.</summary>
    [Range(1, 1_000_000_000_000)]
    public long VoucherDueNano { get; set; } = 10_000_000;

    /// <summary>Or when something is due for so long.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan VoucherDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A client's voucher is brought to the chain when so much of it isn't claimed, in nano, and a thousand times the fee; at least the least payout of the
    /// contract. A provider's threshold is its own.
    /// </summary>
    [Range(2_000_000, 1_000_000_000_000)]
    public long ChargeAtNano { get; set; } = 2_000_000_000;

    /// <summary>Less than the threshold is brought to the chain after so long, if it is ten times the fee.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "31.00:00:00")]
    public TimeSpan ChargeDelay { get; set; } = TimeSpan.FromDays(1);

    /// <summary>A folder that gets a copy of what clients signed for all that they used, for a watchtower that runs apart; null for none.</summary>
    public string? VoucherCopies { get; set; }

    /// <summary>How long the operator waits when it leaves a channel alone; whole seconds.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan CloseDelay { get; set; } = TimeSpan.FromDays(1);
}
