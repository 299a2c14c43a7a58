namespace CocoonOrleans.Cli.Providers;

/// <summary>The JSON object of <c>cocoon worker payout</c>.</summary>
/// <param name="ProviderId">The provider.</param>
/// <param name="Payout">The order that holds; null where none does yet.</param>
/// <param name="Next">The order that will hold; null where none waits.</param>
/// <param name="Channel">Its channel, in raw form; null where there is none yet.</param>
public sealed record PayoutResult(string ProviderId, PayoutOrderResult? Payout, PayoutOrderResult? Next, string? Channel);

/// <summary>An order to be paid.</summary>
/// <param name="Address">Where, in raw form.</param>
/// <param name="ThresholdNano">From how much on.</param>
/// <param name="HoldsFrom">When it begins to hold.</param>
/// <param name="ByTransfer">Whether by plain transfers, and not by channel.</param>
public sealed record PayoutOrderResult(string Address, string ThresholdNano, DateTimeOffset HoldsFrom, bool ByTransfer)
{
    internal static PayoutOrderResult? Of(PayoutOrderAnswer? order) => order is null ? null : new PayoutOrderResult(order.Address, order.Threshold.ToString(), order.HoldsFrom, order.ByTransfer);
}
