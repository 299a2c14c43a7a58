namespace CocoonOrleans.Attestation.Provisioning;

/// <summary>Which of Intel's two authorities issued a processor's certificate: each has a revocation list of its own.</summary>
public enum PckAuthority
{
    /// <summary>Of client machines and of servers with one processor package.</summary>
    Processor,

    /// <summary>Of servers that registered as a platform: all that have TDX.</summary>
    Platform,
}
