namespace CocoonOrleans.Ledger.Wallets;

/// <summary>What is known of a payment that no intent of the books asked for.</summary>
public enum UnknownPaymentState
{
    /// <summary>Nothing yet: it counts as the operator's loss, and its wallet signs nothing.</summary>
    Open,

    /// <summary>It paid a provider; that is off what the provider is due.</summary>
    Payout,

    /// <summary>It sent a deposit back, which no longer waits.</summary>
    Refund,

    /// <summary>It went into a channel of ours.</summary>
    TopUp,

    /// <summary>It called a channel: all of it was gas.</summary>
    ChannelCall,

    /// <summary>A person said that it stays the operator's loss.</summary>
    Accepted,
}
