using System.Text.Json;
using CocoonOrleans.Attestation.Verification;

namespace CocoonOrleans.Cli.Verification;

/// <summary>The steps of a verification in plain words.</summary>
internal static class QuoteChecks
{
    public static IReadOnlyList<QuoteCheck> Of(EvidenceVerdict verdict, Evidence evidence)
    {
        var failed = false;
        var checks = new List<QuoteCheck>();
        foreach (var step in Enum.GetValues<VerificationStep>())
        {
            var name = JsonNamingPolicy.CamelCase.ConvertName(step.ToString());
            if (verdict.Passed.Contains(step) && Absent(step, verdict, evidence) is { } absent)
            {
                checks.Add(new QuoteCheck(name, null, absent));
            }
            else if (verdict.Passed.Contains(step))
            {
                checks.Add(new QuoteCheck(name, true, Words(step, verdict)));
            }
            else if (verdict.Refusal is { } refusal && !failed)
            {
                failed = true;
                checks.Add(new QuoteCheck(name, false, $"{refusal.Reason} ({refusal.Code})"));
            }
            else
            {
                checks.Add(new QuoteCheck(name, null, "not reached"));
            }
        }

        return checks;
    }

    private static string? Absent(VerificationStep step, EvidenceVerdict verdict, Evidence evidence) => step switch
    {
        VerificationStep.EventLog when evidence.EventLog is null => "no event log was given (--event-log)",
        VerificationStep.Image when verdict.Image is null => "no image was given (--image): nothing is said about what the TD runs",
        VerificationStep.Statement when verdict.Statement is null => "no statement was given (--statement): nothing is said about whose keys these are",
        VerificationStep.Gpus when evidence.Gpus is null => "no evidence of GPUs was given (--gpus)",
        _ => null,
    };

    private static string Words(VerificationStep step, EvidenceVerdict verdict) => step switch
    {
        VerificationStep.Parse => $"a quote of version {verdict.Quote!.Version}, {verdict.Quote.Tee.ToString().ToUpperInvariant()}, by the quoting enclave of {(verdict.Assurance == Assurance.Hardware ? "Intel" : "the simulation")}",
        VerificationStep.PckChain => "the processor's certificate leads to the pinned root",
        VerificationStep.RevocationLists => "both revocation lists are signed and fresh, and name none of the certificates",
        VerificationStep.Collateral => $"Intel's documents are signed and fresh, and about this processor family ({Convert.ToHexStringLower(verdict.Processor!.Fmspc.Span)})",
        VerificationStep.QuotingEnclave => "the quoting enclave is Intel's, not open to a debugger, and vouches for its key",
        VerificationStep.QuoteSignature => "that key signed the quote",
        VerificationStep.PlatformTcb => $"the platform's security versions: {verdict.Tcb!.Status}{(verdict.Tcb.Advisories.Count > 0 ? $" ({string.Join(", ", verdict.Tcb.Advisories)})" : "")}",
        VerificationStep.TdAttributes => "the TD can't be debugged, migrated or served by another TD",
        VerificationStep.TcbPolicy => verdict.MustDrain ? "the policy takes that for a while: the TD should be started again" : "the policy takes that",
        VerificationStep.EventLog => "the event log gives all four registers",
        VerificationStep.Image => $"the TD runs the image {Convert.ToHexStringLower(verdict.Image!.Id())}",
        VerificationStep.Statement => $"the quote was made for the statement, which holds until {verdict.Statement!.Expires:u}",
        VerificationStep.Gpus => "the GPUs are genuine, run what NVIDIA signed, and speak for the statement",
        VerificationStep.Tier => $"so the tier is {verdict.Tier}",
        _ => throw new ArgumentOutOfRangeException(nameof(step)),
    };
}
