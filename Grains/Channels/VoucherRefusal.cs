namespace CocoonOrleans.Grains.Channels;

/// <summary>Why a signer does not sign.</summary>
public enum VoucherRefusal
{
    /// <summary>It is not above the last one in number and amount.</summary>
    Backwards,

    /// <summary>Another voucher has its number: two copies of the operator's database are at work.</summary>
    Fork,

    /// <summary>It is above what the channel holds.</summary>
    AboveDeposit,

    /// <summary>It is above what may be signed in a day.</summary>
    DailyCap,

    /// <summary>It is of another network.</summary>
    OtherNetwork,
}
