using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Gateway.Attestation;

/// <summary>What a worker's operator is to do about evidence that was refused. docs/attestation.md has each code.</summary>
public static class EvidenceRemedies
{
    private const int LongestReason = 500;

    /// <summary>Code, reason and remedy in one line, as both sides log it.</summary>
    public static string Describe(Refusal refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        string reason = refusal.Reason.Length > LongestReason ? refusal.Reason[..LongestReason] : refusal.Reason;
        return $"{refusal.Code}: {reason}. {For(refusal.Code)}";
    }

    /// <summary>One sentence.</summary>
    /// <param name="code">One of <see cref="RefusalCodes"/>.</param>
    public static string For(string code)
    {
        ArgumentNullException.ThrowIfNull(code);
        return code switch
        {
            RefusalCodes.PckRevoked or RefusalCodes.PckIssuerRevoked => "Intel has revoked this processor's certificate: provision the platform anew, or use another.",
            RefusalCodes.StatementBinding => "The quote is not of this statement: look into what makes the worker's quotes.",
            RefusalCodes.ClockRollback => "Set the gateway's clock.",
            RefusalCodes.StatementExpired => "Set the clocks of worker and gateway.",
            RefusalCodes.StatementTier or RefusalCodes.StatementImage => "Make Worker:Quotes say what really runs; an image of tier confidential wants Worker:Quotes:CollectsGpuEvidence.",
            RefusalCodes.Fault => "Report it, with the gateway's log.",
            _ => code.Split('.')[0] switch
            {
                "td" => "Start the TD as its image says: without debugging, profiling, migration and service TDs.",
                "tcb" or "tdxmodule" or "qe" or "policy" => "Update the platform's firmware, TDX module and quoting enclave, and start the TD again.",
                "collateral" or "crl" or "qeid" => "It is the gateway's to mend: look at its Gateway:Attestation:CollateralAddress. The worker tries again by itself.",
                "pck" or "quote" => "The quote is not under the root that this gateway believes: check Worker:Quotes, and whether the gateway expects simulated ones.",
                "gpu" => "Look at what the worker logs of its GPUs, and keep Worker:Quotes:GpuReferenceFiles and GpuRevocationFiles fresh.",
                "image" or "log" => "Run an image that this gateway lists.",
                _ => "See docs/attestation.md.",
            },
        };
    }
}
