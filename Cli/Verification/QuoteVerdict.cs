namespace CocoonOrleans.Cli.Verification;

/// <summary>The JSON object of <c>cocoon verify quote</c>.</summary>
/// <param name="Verdict"><c>accept</c> or <c>reject</c>.</param>
/// <param name="Code">Why it is rejected, for programs; null where it is accepted.</param>
/// <param name="Reason">The same for people.</param>
/// <param name="TcbStatus">Intel's status of the platform, before the policy judged it; null where that was not reached.</param>
/// <param name="Advisories">Intel's advisories that apply.</param>
/// <param name="Measurements">What the TD is and runs; null where there is no TD. Of a rejected quote: claims, nothing more.</param>
/// <param name="ValidUntil">Until when the verdict holds; null where that was not reached.</param>
/// <param name="ImageChecked">Whether the measurements were compared with an image that is known. Else nothing is said about what runs.</param>
/// <param name="ImageId">The image that runs, hex; null where none was compared with.</param>
/// <param name="Tier">What may be believed: <c>tdx</c>, <c>open</c> or <c>simulated</c>; null where it is rejected.</param>
/// <param name="Assurance"><c>hardware</c> or <c>simulated</c>: what stands behind the root.</param>
/// <param name="MustDrain">Whether Intel advises to start the TD again.</param>
/// <param name="Fmspc">The processor family, hex; null where it was not reached.</param>
/// <param name="At">The time at which it was verified.</param>
/// <param name="Checks">Each check.</param>
public sealed record QuoteVerdict(
    string Verdict,
    string? Code,
    string? Reason,
    string? TcbStatus,
    IReadOnlyList<string> Advisories,
    QuoteMeasurements? Measurements,
    DateTimeOffset? ValidUntil,
    bool ImageChecked,
    string? ImageId,
    string? Tier,
    string Assurance,
    bool MustDrain,
    string? Fmspc,
    DateTimeOffset At,
    IReadOnlyList<QuoteCheck> Checks);
