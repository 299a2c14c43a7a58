namespace CocoonOrleans.Cli.Verification;

/// <summary>The JSON object of <c>cocoon verify gpu</c>.</summary>
/// <param name="Verdict"><c>accept</c> or <c>reject</c>: whether a genuine GPU made the report for the nonce, and runs what NVIDIA signed where that was asked.</param>
/// <param name="Code">Why it is rejected, for programs; null where it is accepted.</param>
/// <param name="Reason">The same for people.</param>
/// <param name="Device">The name in the GPU's certificate; null where it was not reached.</param>
/// <param name="DriverVersion">The driver; null where the report can't be read.</param>
/// <param name="VbiosVersion">The VBIOS; null as above.</param>
/// <param name="References">What NVIDIA's service calls the reference values of the two, driver first; null as above.</param>
/// <param name="ReferencesChecked">Whether measurements were compared with them and revocation was judged.</param>
/// <param name="ValidUntil">Until when the verdict holds; null where that was not reached.</param>
/// <param name="Nonce">The nonce that was asked for, hex.</param>
/// <param name="At">The time at which it was verified.</param>
/// <param name="NotChecked">What an accepted report still leaves open.</param>
public sealed record GpuReportVerdict(
    string Verdict,
    string? Code,
    string? Reason,
    string? Device,
    string? DriverVersion,
    string? VbiosVersion,
    IReadOnlyList<string>? References,
    bool ReferencesChecked,
    DateTimeOffset? ValidUntil,
    string Nonce,
    DateTimeOffset At,
    IReadOnlyList<string> NotChecked);
