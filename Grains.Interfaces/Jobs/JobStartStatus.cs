namespace CocoonOrleans.Grains.Jobs;

/// <summary>What starting a job led to.</summary>
[GenerateSerializer, Alias("cocoon.JobStartStatus")]
public enum JobStartStatus
{
    /// <summary>The hold is placed and durable.</summary>
    Held,

    /// <summary>A job with this id and the same request exists; the result names its state.</summary>
    Repeated,

    /// <summary>A job with this id and another request exists.</summary>
    RequestDiffers,

    /// <summary>The account can't cover the hold.</summary>
    InsufficientBalance,

    /// <summary>There is no such account.</summary>
    UnknownAccount,

    /// <summary>The account was closed.</summary>
    AccountClosed,

    /// <summary>The account has no such API key, or it was revoked.</summary>
    KeyRefused,

    /// <summary>A value breaks a bound; the result names the field.</summary>
    Invalid,

    /// <summary>The ledger can't be reached or has too much to do: whether the hold stands is unknown, so repeat the call with the same id.</summary>
    Unavailable,

    /// <summary>The voucher is none of an open channel of the account on this network, or its signature is wrong; the result's field says which.</summary>
    VoucherRefused,

    /// <summary>The channel is not funded, ends, or its payer asked to withdraw; the result has the channel.</summary>
    ChannelNotOpen,

    /// <summary>The best voucher of the channel doesn't cover the hold; the result has the channel with that voucher.</summary>
    VoucherTooLow,

    /// <summary>The channel doesn't hold enough for it; the result has the channel.</summary>
    DepositTooLow,
}
