namespace CocoonOrleans.Ton.Vouchers;

/// <summary>Why a channel or the registry refused a message: exit codes of the contracts.</summary>
public enum ContractExit
{
    /// <summary>It did not refuse.</summary>
    Success = 0,

    /// <summary>Fields are missing or too many.</summary>
    Malformed = 9,

    /// <summary>What was signed is of another kind: a close in a voucher's place.</summary>
    OtherKind = 63,

    /// <summary>The voucher moves nothing, or less than a payout; a close or a proposal is outdated.</summary>
    NothingNew = 1000,

    /// <summary>Nothing was asked for, or nothing is available.</summary>
    NothingToWithdraw = 1002,

    /// <summary>The message carries less than the gas, or less than it says.</summary>
    ValueTooLow = 1003,

    /// <summary>The channel is closing or closed, or isn't closing.</summary>
    WrongState = 1006,

    /// <summary>A signature is wrong, or there are too few.</summary>
    Signature = 1007,

    /// <summary>Only the payer may.</summary>
    NotThePayer = 1009,

    /// <summary>The delay is still running, another request waits, or what was signed has expired.</summary>
    LockedOrExpired = 1011,

    /// <summary>A proposal of an unknown kind, or out of its bounds.</summary>
    BadProposal = 1012,

    /// <summary>What was signed is for another contract or network.</summary>
    OtherContractOrNetwork = 1015,

    /// <summary>No such entry, or no such proposal waits.</summary>
    UnknownEntry = 1016,

    /// <summary>The message is none that the contract knows.</summary>
    UnknownOp = 65535,
}
