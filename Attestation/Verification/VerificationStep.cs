namespace CocoonOrleans.Attestation.Verification;

/// <summary>The steps of a verification, in their order.</summary>
public enum VerificationStep
{
    /// <summary>The quote has a form that is supported, and its quoting enclave's vendor is the anchor's.</summary>
    Parse,

    /// <summary>The processor's certificate leads to the pinned root.</summary>
    PckChain,

    /// <summary>Both CRLs are their issuers', fresh, and name none of the certificates.</summary>
    RevocationLists,

    /// <summary>TCB info and QE identity are signed, fresh, and speak of this platform.</summary>
    Collateral,

    /// <summary>The quoting enclave is Intel's, and vouches for the attestation key.</summary>
    QuotingEnclave,

    /// <summary>The attestation key signed the quote.</summary>
    QuoteSignature,

    /// <summary>The platform reaches a level that Intel knows, and is not revoked.</summary>
    PlatformTcb,

    /// <summary>The TD can't be debugged, migrated or served by another TD.</summary>
    TdAttributes,

    /// <summary>The policy takes the platform's status.</summary>
    TcbPolicy,

    /// <summary>The event log, where one came, gives the quote's registers.</summary>
    EventLog,

    /// <summary>The TD runs one of the images that are known, where the policy names any.</summary>
    Image,

    /// <summary>The quote was made for the statement, where one came or must come, and the statement holds.</summary>
    Statement,

    /// <summary>The GPUs, where their evidence came, are genuine, run what NVIDIA signed, and speak for the statement.</summary>
    Gpus,

    /// <summary>The tier is the one that was asked for, or a higher one.</summary>
    Tier,
}
