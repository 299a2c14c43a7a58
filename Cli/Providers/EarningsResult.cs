namespace CocoonOrleans.Cli.Providers;

/// <summary>The JSON object of <c>cocoon worker earnings</c>. Amounts are nano, as decimal strings.</summary>
/// <param name="ProviderId">The provider.</param>
/// <param name="At">When it was so.</param>
/// <param name="EarnedNano">For all jobs, after commission.</param>
/// <param name="ChargedNano">What channels paid on the chain.</param>
/// <param name="PromisedNano">What the voucher says beyond that.</param>
/// <param name="DueNano">What is not paid; the promised part is in it.</param>
/// <param name="Days">The newest days, the newest first.</param>
/// <param name="Channel">The channel, in raw form; null where there is none.</param>
/// <param name="VoucherSerial">Number of the last voucher; null before the first.</param>
/// <param name="Payout">The order that holds; null where none does.</param>
/// <param name="Next">The order that will hold; null where none waits.</param>
public sealed record EarningsResult(
    string ProviderId, DateTimeOffset At, string EarnedNano, string ChargedNano, string PromisedNano, string DueNano, IReadOnlyList<EarningsDayResult> Days,
    string? Channel, long? VoucherSerial, PayoutOrderResult? Payout, PayoutOrderResult? Next)
{
    internal static EarningsResult Of(StatementAnswer statement) => new(
        statement.ProviderId,
        statement.At,
        statement.Earned.ToString(),
        statement.Charged.ToString(),
        statement.Promised.ToString(),
        statement.Due.ToString(),
        [.. statement.Days.Select(day => new EarningsDayResult(day.Day, day.Jobs, day.Earned.ToString(), day.Promised.ToString(), day.Charged.ToString()))],
        statement.Channel?.Address,
        statement.Channel is { Serial: > 0 } channel ? channel.Serial : null,
        PayoutOrderResult.Of(statement.Payout),
        PayoutOrderResult.Of(statement.Next));
}

/// <summary>A provider's day, UTC.</summary>
/// <param name="Day">The day, yyyy-MM-dd.</param>
/// <param name="Jobs">Jobs that were paid.</param>
/// <param name="EarnedNano">For them, after commission.</param>
/// <param name="PromisedNano">By how much vouchers rose.</param>
/// <param name="ChargedNano">What channels paid on the chain.</param>
public sealed record EarningsDayResult(string Day, long Jobs, string EarnedNano, string PromisedNano, string ChargedNano);
