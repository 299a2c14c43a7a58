using CocoonOrleans.Market;

namespace CocoonOrleans.Grains.Providers;

/// <summary>A provider's channel that isn't closed.</summary>
/// <param name="Channel">Its address in raw form.</param>
/// <param name="Phase"><c>unfunded</c>, <c>open</c> or <c>closing</c>.</param>
/// <param name="Deposited">What the operator put in, in nano.</param>
/// <param name="Claimed">What the chain has paid, in nano.</param>
/// <param name="Serial">Number of the last voucher; 0 before the first.</param>
/// <param name="Cumulative">What the last voucher says, in nano.</param>
/// <param name="Voucher">The signed voucher; empty before the first.</param>
[GenerateSerializer, Alias("cocoon.ProviderChannel")]
public sealed record ProviderChannel(
    [property: Id(0)] string Channel,
    [property: Id(1)] string Phase,
    [property: Id(2)] Nano Deposited,
    [property: Id(3)] Nano Claimed,
    [property: Id(4)] long Serial,
    [property: Id(5)] Nano Cumulative,
    [property: Id(6)] byte[] Voucher);
