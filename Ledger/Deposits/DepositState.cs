namespace CocoonOrleans.Ledger.Deposits;

/// <summary>What became of a deposit.</summary>
public enum DepositState
{
    /// <summary>It is on the account whose memo it carried.</summary>
    Credited,

    /// <summary>It waits for the operator: whose it is isn't known, or the account can't have it.</summary>
    Suspense,

    /// <summary>The operator gave it to an account.</summary>
    Assigned,

    /// <summary>It goes back, to an address that the client gave.</summary>
    Refunded,
}

/// <summary>Why a deposit was not credited by itself.</summary>
public enum SuspenseReason
{
    /// <summary>It carried no comment.</summary>
    NoMemo,

    /// <summary>Its comment is no memo of this network.</summary>
    UnknownMemo,

    /// <summary>Its comment is encrypted.</summary>
    Encrypted,

    /// <summary>It is below the least top-up.</summary>
    TooSmall,

    /// <summary>With it the account would have more than an account may.</summary>
    AboveCap,

    /// <summary>The account is closed.</summary>
    AccountClosed,
}
