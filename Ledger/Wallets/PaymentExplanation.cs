using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Wallets;

/// <summary>What a payment that no intent asked for was for, as its message and the books tell together.</summary>
public sealed record PaymentExplanation
{
    /// <summary>What it was; neither open nor accepted.</summary>
    public required UnknownPaymentState Kind { get; init; }

    /// <summary>The intent that waits in the books for just this; null where they have none, and one is added that has left.</summary>
    public Intent? Waiting { get; init; }

    /// <summary>The id of the intent that is added; the one that would be placed again for the same, where that is known.</summary>
    public Guid? IntentId { get; init; }

    /// <summary>The provider, where it was a payout.</summary>
    public string? AccountId { get; init; }

    /// <summary>The deposit, where it was sent back.</summary>
    public long? Deposit { get; init; }

    /// <summary>What went into the channel, in nano, where it was a top-up; the rest was gas.</summary>
    public Nano Deposited { get; init; }
}
