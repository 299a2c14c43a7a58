namespace CocoonOrleans.Tunnel.Usage;

/// <summary>The outcome of checking a signed report.</summary>
/// <param name="Report">The report; null where it has a fault.</param>
/// <param name="Fault">What is wrong with it.</param>
public readonly record struct UsageReportCheck(UsageReport? Report, UsageReportFault Fault);
