namespace CocoonOrleans.Grains.Deposits;

/// <summary>What became of the operator's wish.</summary>
/// <param name="Status">What.</param>
/// <param name="Deposit">The deposit as it stands; null where there is none, or the wish was malformed.</param>
[GenerateSerializer, Alias("cocoon.DepositSettlement")]
public sealed record DepositSettlement([property: Id(0)] DepositSettlementStatus Status, [property: Id(1)] DepositView? Deposit);

/// <summary>What became of the operator's wish.</summary>
[GenerateSerializer, Alias("cocoon.DepositSettlementStatus")]
public enum DepositSettlementStatus
{
    /// <summary>It is done, or was before.</summary>
    Settled,

    /// <summary>It was settled in another way before.</summary>
    SettledOtherwise,

    /// <summary>There is no such deposit.</summary>
    UnknownDeposit,

    /// <summary>The account is closed, unknown, or no client's.</summary>
    AccountRefused,

    /// <summary>The address is none of this network.</summary>
    Invalid,
}
