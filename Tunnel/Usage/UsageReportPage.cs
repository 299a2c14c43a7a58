namespace CocoonOrleans.Tunnel.Usage;

/// <summary>Reports that wait for an acknowledgement, oldest first.</summary>
/// <param name="Reports">At most <see cref="MaxReports"/>.</param>
public sealed record UsageReportPage(IReadOnlyList<SignedUsageReport> Reports)
{
    /// <summary>Most reports in one page; acknowledged ones make room for the next.</summary>
    public const int MaxReports = 100;
}
