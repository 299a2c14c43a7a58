using CocoonOrleans.Market;

namespace CocoonOrleans.Grains.Providers;

/// <summary>Where a provider is paid.</summary>
/// <param name="AccountId">Its account.</param>
/// <param name="Payout">The order that counts; null where none does yet.</param>
/// <param name="Next">The order that will count; null where none waits.</param>
/// <param name="Channel">Its channel that isn't closed, in raw form; null where there is none yet.</param>
/// <param name="Due">What it hasn't got, in nano.</param>
[GenerateSerializer, Alias("cocoon.ProviderView")]
public sealed record ProviderView(
    [property: Id(0)] string AccountId,
    [property: Id(1)] PayoutView? Payout,
    [property: Id(2)] PayoutView? Next,
    [property: Id(3)] string? Channel,
    [property: Id(4)] Nano Due);

/// <summary>An order to be paid.</summary>
/// <param name="Address">Where, in raw form.</param>
/// <param name="Threshold">From how much on, in nano.</param>
/// <param name="HoldsFrom">When it begins to count.</param>
/// <param name="ByTransfer">Whether by plain transfers, and not by channel.</param>
[GenerateSerializer, Alias("cocoon.PayoutView")]
public sealed record PayoutView(
    [property: Id(0)] string Address, [property: Id(1)] Nano Threshold, [property: Id(2)] DateTimeOffset HoldsFrom, [property: Id(3)] bool ByTransfer);
