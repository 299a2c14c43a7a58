using CocoonOrleans.Market;

namespace CocoonOrleans.Grains.Channels;

/// <summary>What the chain says of an account, as of a masterchain block.</summary>
/// <param name="CodeHash">Hash of its code, 32 bytes; null where there is none.</param>
/// <param name="Data">Its data, a bag of cells; null where there is none.</param>
/// <param name="Seqno">The masterchain block.</param>
/// <param name="LastLt">Logical time of its last transaction; 0 where it has none.</param>
/// <param name="ChargeFee">What it costs to bring a voucher there, by the chain's prices now, in nano.</param>
/// <param name="Time">The chain's clock, Unix time in seconds.</param>
/// <param name="LastHash">Hash of its last transaction, 32 bytes; null where it has none.</param>
/// <param name="IsFrozen">Whether the chain has frozen it, for rent that it owes: code and data are gone until somebody brings them again, and the coins are kept.</param>
[GenerateSerializer, Alias("cocoon.ChannelObservation")]
public sealed record ChannelObservation(
    [property: Id(0)] byte[]? CodeHash, [property: Id(1)] byte[]? Data, [property: Id(2)] long Seqno, [property: Id(3)] long LastLt,
    [property: Id(4)] Nano ChargeFee, [property: Id(5)] long Time, [property: Id(6)] byte[]? LastHash = null, [property: Id(7)] bool IsFrozen = false);
