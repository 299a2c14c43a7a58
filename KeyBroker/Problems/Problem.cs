using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Sealing.Releases;

namespace CocoonOrleans.KeyBroker.Problems;

/// <summary>Makes refusals (RFC 9457).</summary>
internal static class Problem
{
    private const string TypePrefix = "urn:cocoon:key-broker:";
    private const int LongestReason = 500;

    /// <summary>A refusal of ours.</summary>
    /// <param name="code">One of <see cref="ProblemCodes"/>.</param>
    /// <param name="detail">What was expected and what was found.</param>
    public static ReleaseProblem Of(string code, string detail) =>
        new(TypePrefix + code, ProblemCodes.All[code].Title, ProblemCodes.All[code].Status, detail, code);

    /// <summary>Evidence that is refused. Where documents of Intel's are missing, it may be otherwise later.</summary>
    public static ReleaseProblem Of(Refusal refusal) => new(
        TypePrefix + refusal.Code,
        "The evidence is not accepted",
        refusal.Code == RefusalCodes.CollateralUnavailable ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status403Forbidden,
        Readable(refusal.Reason),
        refusal.Code);

    // It may name what stood in a stranger's certificates, and goes to a log.
    private static string Readable(string reason) => string.Concat(reason.Take(LongestReason).Where(character => !char.IsControl(character)));
}
