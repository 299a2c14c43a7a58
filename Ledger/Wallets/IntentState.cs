namespace CocoonOrleans.Ledger.Wallets;

/// <summary>How far an intent is. Until it has left, nobody knows that it failed: there is no such state.</summary>
public enum IntentState
{
    /// <summary>Waits to be signed: for the first time, or again after the wallet left it out or the signed bytes expired.</summary>
    Waiting,

    /// <summary>In signed bytes that may run at any time.</summary>
    Signed,

    /// <summary>The wallet has sent it; what its destination made of it is not known yet.</summary>
    Sent,

    /// <summary>The destination took it. A payout ends here as soon as it has left: nothing can bring it back.</summary>
    Delivered,

    /// <summary>The destination refused it, and the rest of its value comes back.</summary>
    Bounced,
}
