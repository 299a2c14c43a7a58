using System.Security.Cryptography;

namespace CocoonOrleans.Attestation.Simulated.Worlds;

/// <summary>What is to stand in a certificate.</summary>
internal sealed record CertificateSettings(string Name, ECDsa Key)
{
    public bool IsAuthority { get; init; }

    public bool IsExpired { get; init; }

    /// <summary>Signed with SHA-384, which does not fit P-256.</summary>
    public bool HasSha384 { get; init; }

    public bool HasP521Key { get; init; }

    /// <summary>The content of Intel's SGX extension.</summary>
    public byte[]? Extension { get; init; }
}
