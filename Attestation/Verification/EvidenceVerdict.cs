using CocoonOrleans.Attestation.Certificates;
using CocoonOrleans.Attestation.Images;
using CocoonOrleans.Attestation.Quotes;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Tcb;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Attestation.Verification;

/// <summary>What a verification found. Where it is refused, what was read until then is there too, for people: nothing may be built on it.</summary>
public sealed record EvidenceVerdict
{
    /// <summary>Why the evidence is not accepted; null where it is.</summary>
    public required Refusal? Refusal { get; init; }

    /// <summary>Whether every step passed.</summary>
    public bool IsAccepted => Refusal is null;

    /// <summary>The steps that passed, in order; the one after the last is the one that refused.</summary>
    public required IReadOnlyList<VerificationStep> Passed { get; init; }

    /// <summary>What stands behind the evidence.</summary>
    public required Assurance Assurance { get; init; }

    /// <summary>The quote; null where it can't be read.</summary>
    public required Quote? Quote { get; init; }

    /// <summary>The processor; null where its certificate was not reached.</summary>
    public required PckExtension? Processor { get; init; }

    /// <summary>The platform's TCB before the policy judged it; null where that was not reached.</summary>
    public required TcbAppraisal? Tcb { get; init; }

    /// <summary>The image that runs; null where it was not compared with any.</summary>
    public required ImageManifest? Image { get; init; }

    /// <summary>The statement that the quote was made for; null where none was checked.</summary>
    public required Statement? Statement { get; init; }

    /// <summary>What a client may believe. Of refused evidence: nothing, the lowest.</summary>
    public required TrustTier Tier { get; init; }

    /// <summary>Until when the verdict holds: the earliest end of certificates, CRLs, documents and statement. Null where it was not reached.</summary>
    public required DateTimeOffset? ValidUntil { get; init; }

    /// <summary>Whether the TD should serve what it has begun and then start again: Intel advises a relaunch.</summary>
    public required bool MustDrain { get; init; }
}
