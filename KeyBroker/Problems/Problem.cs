using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Sealing.Releases;

namespace CocoonOrleans.KeyBroker.Problems;

/// <summary>Makes refusals (RFC 9457).</summary>
internal static class Problem
{
    private const string TypePrefix = "urn:cocoon:key-broker:";

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
        refusal.Reason,
        refusal.Code);
}
