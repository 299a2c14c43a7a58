using System.ComponentModel.DataAnnotations;

namespace CocoonOrleans.Grains.Wallets;

/// <summary>Settings of wallets; section <c>Wallets</c>.</summary>
public sealed class WalletOptions
{
    /// <summary>How often the same signed bytes are sent, and the chain is looked at, while something is on its way.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan Resend { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often an idle wallet is looked at, for coins that come in.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan IdleLook { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>For how long signed bytes may run, by the chain's clock; whole seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:30", "00:10:00")]
    public TimeSpan Validity { get; set; } = TimeSpan.FromSeconds(90);

    /// <summary>How long after that, by the chain's clock, they count as expired; whole seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "00:10:00")]
    public TimeSpan ExpiryMargin { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The most messages in one transaction, 1 to 255.</summary>
    [Range(1, 255)]
    public int BatchSize { get; set; } = 100;

    /// <summary>What a wallet must have beyond the value of each message before it signs it, in nano: for gas and the way. Without enough the wallet would leave messages out.</summary>
    [Range(0, 1_000_000_000)]
    public long MessageReserveNano { get; set; } = 10_000_000;
}
