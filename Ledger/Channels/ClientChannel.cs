using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Channels;

/// <summary>A channel from a client to the operator: what its address is made of, what the chain said of it last, and what was promised and used.</summary>
public sealed record ClientChannel
{
    /// <summary>Its address in raw form (<c>0:</c> and 64 hexadecimal digits).</summary>
    public required string Channel { get; init; }

    /// <summary>The client account whose requests may be paid from it.</summary>
    public required string AccountId { get; init; }

    /// <summary>The client's wallet, which may close it, in raw form.</summary>
    public required string PayerAddress { get; init; }

    /// <summary>The client's voucher key, 32 bytes.</summary>
    public required ReadOnlyMemory<byte> PayerKey { get; init; }

    /// <summary>The operator's wallet, in raw form.</summary>
    public required string PayeeAddress { get; init; }

    /// <summary>The operator's key for closes, 32 bytes.</summary>
    public required ReadOnlyMemory<byte> PayeeKey { get; init; }

    /// <summary>How long the client waits when it leaves alone, in seconds.</summary>
    public required long CloseDelay { get; init; }

    /// <summary>Makes the address fresh; 64 bits.</summary>
    public required long Salt { get; init; }

    /// <summary>What the chain said last.</summary>
    public ChannelSnapshot State { get; init; } = ChannelSnapshot.Unseen;

    /// <summary>The best voucher; null before the first.</summary>
    public ClientVoucher? Voucher { get; init; }

    /// <summary>What jobs were charged, in nano.</summary>
    public Nano Captured { get; init; }

    /// <summary>The sum of its open holds, in nano.</summary>
    public Nano Held { get; init; }

    /// <summary>What of the claimed coins has come in at the operator's wallet, in nano, the way's fees included.</summary>
    public Nano Paid { get; init; }

    /// <summary>Since when it owes something that the chain hasn't paid, or the last time that it began to; null before the first charge.</summary>
    public DateTimeOffset? OwedSince { get; init; }

    /// <summary>In how many serials the client signed two different vouchers.</summary>
    public int Forks { get; init; }

    /// <summary>The account of what it owes for jobs that were charged, below zero by that: its id follows from the address.</summary>
    public string Receivable => ReceivableOf(Channel);

    /// <summary>What may still be held, in nano: within the best voucher and the window, and within what the channel holds for them.</summary>
    public Nano Available(Nano creditWindow) =>
        Nano.Min((Voucher?.Cumulative ?? Nano.Zero) + creditWindow, State.Deposited - State.Withdrawn - State.PendingWithdraw) - Captured - Held;

    /// <summary>The account of what a channel owes: <c>receivable-</c> and its address in base 32.</summary>
    public static string ReceivableOf(string channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        const string alphabet = "abcdefghijklmnopqrstuvwxyz234567";
        byte[] account = Convert.FromHexString(channel.AsSpan(2));
        var text = new System.Text.StringBuilder("receivable-");
        for (int bit = 0; bit < account.Length * 8; bit += 5)
        {
            int value = 0;
            for (int i = bit; i < bit + 5; i++)
            {
                value = (value << 1) | (i < account.Length * 8 ? (account[i / 8] >> (7 - (i % 8))) & 1 : 0);
            }

            text.Append(alphabet[value]);
        }

        return text.ToString();
    }
}
