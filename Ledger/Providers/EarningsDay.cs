using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Providers;

/// <summary>A provider's day, UTC.</summary>
/// <param name="Day">The day.</param>
/// <param name="Jobs">Jobs that were paid.</param>
/// <param name="Earned">For them, after commission, in nano.</param>
/// <param name="Promised">By how much vouchers rose, in nano.</param>
/// <param name="Charged">What channels paid on the chain, and transfers, in nano.</param>
public sealed record EarningsDay(DateOnly Day, long Jobs, Nano Earned, Nano Promised, Nano Charged);
