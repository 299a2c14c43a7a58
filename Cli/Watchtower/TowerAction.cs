namespace CocoonOrleans.Cli.Watchtower;

/// <summary>What a watchtower does about a channel.</summary>
internal enum TowerAction
{
    /// <summary>Nothing: nobody leaves, or nothing is left to charge.</summary>
    None,

    /// <summary>A charge was sent and has not been seen on the chain yet.</summary>
    Charging,

    /// <summary>The chain has paid what the voucher says.</summary>
    Charged,

    /// <summary>The wallet can't pay for the gas.</summary>
    NoGas,

    /// <summary>The voucher is not good for the channel, or there is no such channel.</summary>
    Refused,
}
