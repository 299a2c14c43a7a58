using CocoonOrleans.Market;

namespace CocoonOrleans.Grains.Providers;

/// <summary>What a provider has earned and what became of it, as of one moment. Amounts are nano.</summary>
/// <param name="AccountId">Its account.</param>
/// <param name="At">The moment.</param>
/// <param name="Earned">For all its jobs, after commission.</param>
/// <param name="Charged">What its channels paid on the chain, and transfers to it.</param>
/// <param name="Promised">What its voucher says beyond that.</param>
/// <param name="Due">What it hasn't got; the promised part is in it.</param>
/// <param name="Days">Its newest days, the newest first.</param>
/// <param name="Channel">What can be charged; null where there is no voucher.</param>
/// <param name="Payout">The order that counts; null where none does.</param>
/// <param name="Next">The order that will count; null where none waits.</param>
[GenerateSerializer, Alias("cocoon.ProviderStatement")]
public sealed record ProviderStatement(
    [property: Id(0)] string AccountId,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] Nano Earned,
    [property: Id(3)] Nano Charged,
    [property: Id(4)] Nano Promised,
    [property: Id(5)] Nano Due,
    [property: Id(6)] IReadOnlyList<ProviderDay> Days,
    [property: Id(7)] ProviderChannel? Channel,
    [property: Id(8)] PayoutView? Payout,
    [property: Id(9)] PayoutView? Next);

/// <summary>A provider's day, UTC. Amounts are nano.</summary>
/// <param name="Day">The day.</param>
/// <param name="Jobs">Jobs that were paid.</param>
/// <param name="Earned">For them, after commission.</param>
/// <param name="Promised">By how much vouchers rose.</param>
/// <param name="Charged">What channels paid on the chain.</param>
[GenerateSerializer, Alias("cocoon.ProviderDay")]
public sealed record ProviderDay(
    [property: Id(0)] DateOnly Day, [property: Id(1)] long Jobs, [property: Id(2)] Nano Earned, [property: Id(3)] Nano Promised, [property: Id(4)] Nano Charged);
