using System.Security.Cryptography;
using System.Text;
using CocoonOrleans.Attestation.Statements;

namespace CocoonOrleans.Attestation.Gpus;

/// <summary>What a GPU's report must be made for, so that it belongs to one TD: one report serves all quotes of an epoch.</summary>
public static class GpuNonce
{
    private static readonly byte[] Label = [.. Encoding.ASCII.GetBytes("cocoon/gpu/v1"), 0];

    /// <summary>SHA-256("cocoon/gpu/v1" || 0x00 || SHA-512(statement without nonce root and GPU evidence)), 32 bytes.</summary>
    public static byte[] Of(Statement statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        return SHA256.HashData([.. Label, .. SHA512.HashData((statement with { NonceRoot = null, GpuEvidenceHash = null }).Encode())]);
    }
}
