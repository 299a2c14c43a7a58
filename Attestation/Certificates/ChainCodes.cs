namespace CocoonOrleans.Attestation.Certificates;

/// <summary>The codes of one chain of certificates: which chain it is stands in front.</summary>
/// <param name="Prefix">One of <see cref="Prefixes"/>.</param>
public sealed record ChainCodes(string Prefix)
{
    /// <summary>The PCK chain inside a quote.</summary>
    public static ChainCodes Pck { get; } = new("pck");

    /// <summary>The chain that signed the TCB info.</summary>
    public static ChainCodes TcbInfo { get; } = new("tcb.chain");

    /// <summary>The chain that signed the QE identity.</summary>
    public static ChainCodes QeIdentity { get; } = new("qeid.chain");

    /// <summary>The chain of a GPU.</summary>
    public static ChainCodes Gpu { get; } = new("gpu.chain");

    /// <summary>The chain that signed a GPU's reference values.</summary>
    public static ChainCodes GpuReference { get; } = new("gpu.rim.chain");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ChainCodes> Prefixes { get; } = [Pck, TcbInfo, QeIdentity, Gpu, GpuReference];

    /// <summary>No PEM, no certificate, or one with extensions that we don't know.</summary>
    public string Malformed => Prefix + ".malformed";

    /// <summary>Too many or too few certificates.</summary>
    public string Length => Prefix + ".length";

    /// <summary>It ends in another root than the pinned one.</summary>
    public string Root => Prefix + ".root";

    /// <summary>A certificate's issuer is not the next one.</summary>
    public string Issuer => Prefix + ".issuer";

    /// <summary>The leaf is an authority, or one above it is none.</summary>
    public string Authority => Prefix + ".ca";

    /// <summary>An algorithm that is not accepted.</summary>
    public string Algorithm => Prefix + ".algorithm";

    /// <summary>A key that is not accepted.</summary>
    public string Key => Prefix + ".key";

    /// <summary>A signature is wrong.</summary>
    public string Signature => Prefix + ".signature";

    /// <summary>A certificate is expired or not valid yet.</summary>
    public string Expired => Prefix + ".expired";

    /// <summary>The leaf is of another kind.</summary>
    public string Subject => Prefix + ".subject";

    /// <summary>All codes of this chain.</summary>
    public IReadOnlyList<string> All => [Malformed, Length, Root, Issuer, Authority, Algorithm, Key, Signature, Expired, Subject];
}
