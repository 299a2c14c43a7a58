using CocoonOrleans.Ledger.Deposits;
using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Wallets;

/// <summary>One transaction of a wallet, as it is taken into the books. Together, all of them explain the wallet's balance to the nano.</summary>
public sealed record WalletStep
{
    /// <summary>The wallet, in raw form.</summary>
    public required string Wallet { get; init; }

    /// <summary>Logical time of the transaction before, which must be the last one in the books.</summary>
    public required long PreviousLt { get; init; }

    /// <summary>Logical time of the transaction.</summary>
    public required long Lt { get; init; }

    /// <summary>Its hash, 32 bytes.</summary>
    public required ReadOnlyMemory<byte> Hash { get; init; }

    /// <summary>All that it cost, in nano: gas, storage, and what its messages pay on their way.</summary>
    public required Nano Fees { get; init; }

    /// <summary>What came in with its message, in nano.</summary>
    public Nano Received { get; init; }

    /// <summary>What came in.</summary>
    public WalletReceipt Receipt { get; init; }

    /// <summary>All that a channel has paid us with this, in nano, as it says; set where <see cref="Receipt"/> is <see cref="WalletReceipt.ChannelPaid"/>.</summary>
    public Nano? PaidCumulative { get; init; }

    /// <summary>What was written beside coins that came in.</summary>
    public TransferNote Note { get; init; } = TransferNote.Other;

    /// <summary>The text, where <see cref="Note"/> is <see cref="TransferNote.Text"/>.</summary>
    public string? Comment { get; init; }

    /// <summary>What clients' deposits must keep to; null where the wallet takes none, and all that comes in is the operator's capital.</summary>
    public DepositRules? Deposits { get; init; }

    /// <summary>Who sent it, in raw form; null where it came from outside of the chain.</summary>
    public string? Source { get; init; }

    /// <summary>The query id of the message that came back; set where <see cref="Receipt"/> is <see cref="WalletReceipt.Bounced"/> and its body says it.</summary>
    public long? BouncedQueryId { get; init; }

    /// <summary>The signed bytes that made the wallet run; null where it was something else.</summary>
    public WalletSend? Send { get; init; }

    /// <summary>Whether the wallet's key signed for it, and these books have no such bytes: the wallet then stops.</summary>
    public bool IsOfUnknownBytes { get; init; }

    /// <summary>The intents of <see cref="Send"/> whose messages went out.</summary>
    public IReadOnlyList<SentIntent> Sent { get; init; } = [];

    /// <summary>What went out and belongs to no intent: the wallet then stops.</summary>
    public IReadOnlyList<UnknownPayment> Unknown { get; init; } = [];
}

/// <summary>An intent whose message went out.</summary>
/// <param name="Intent">The intent.</param>
/// <param name="MessageLt">Logical time of the message.</param>
public sealed record SentIntent(Intent Intent, long MessageLt);

/// <summary>What a wallet received.</summary>
public enum WalletReceipt
{
    /// <summary>Coins from anyone: the operator's capital.</summary>
    Coins,

    /// <summary>What a message of ours carried beyond its gas.</summary>
    Excess,

    /// <summary>A message of ours that its destination refused.</summary>
    Bounced,

    /// <summary>What was left in a channel of ours, or taken back from it.</summary>
    ChannelRefund,

    /// <summary>What a channel pays us by a voucher.</summary>
    ChannelPaid,
}

/// <summary>What stands beside a transfer.</summary>
public enum TransferNote
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A text that everybody can read.</summary>
    Text,

    /// <summary>A text for somebody with a key.</summary>
    Encrypted,

    /// <summary>Something else: a call, a notice of other money, a message that came back. No deposit.</summary>
    Other,
}
