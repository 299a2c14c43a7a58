using System.Globalization;
using CocoonOrleans.Ton.Providers;

namespace CocoonOrleans.Cli.Verification;

/// <summary>The JSON object of <c>cocoon verify statement</c>. Amounts are nano, as decimal strings; what can't be read is null.</summary>
/// <param name="Verdict"><c>accept</c> or <c>reject</c>.</param>
/// <param name="Reason">Why it is refused; null where it isn't.</param>
/// <param name="Provider">The provider.</param>
/// <param name="Operator">The key that signed.</param>
/// <param name="Network">Config parameter 19.</param>
/// <param name="Day">The day, UTC.</param>
/// <param name="At">When it was written.</param>
/// <param name="Jobs">How many jobs.</param>
/// <param name="CapturedNano">What they were charged.</param>
/// <param name="EarnedNano">What of that the provider earned.</param>
/// <param name="ChargedNano">What channels paid on the chain.</param>
/// <param name="DueNano">What was due.</param>
public sealed record StatementReport(
    string Verdict, string? Reason, string? Provider, string? Operator, int? Network, string? Day, DateTimeOffset? At, int? Jobs, string? CapturedNano, string? EarnedNano,
    string? ChargedNano, string? DueNano)
{
    internal static StatementReport Of(DayStatement? statement, string? reason) => new(
        reason is null ? "accept" : "reject",
        reason,
        statement?.Provider.ToString(),
        statement?.Operator.ToString(),
        statement?.Network,
        statement?.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        statement?.At,
        statement?.Jobs.Count,
        statement?.Captured.ToString(),
        statement?.Earned.ToString(),
        statement?.Charged.ToString(),
        statement?.Due.ToString());
}
