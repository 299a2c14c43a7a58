namespace CocoonOrleans.Ledger.Wallets;

/// <summary>Why a wallet sends a message, which decides how it is booked.</summary>
public enum IntentPurpose
{
    /// <summary>Pays a provider out by a plain transfer: provider to in flight, and from there to the wallet's account when the message has left.</summary>
    Payout,

    /// <summary>Deposits into a channel of ours: what lies in the wallet lies in the channel then. The rest of the value is gas.</summary>
    TopUp,

    /// <summary>Brings a voucher to the chain, or closes a channel: all of the value is gas, and most of it comes back.</summary>
    ChannelCall,
}
