using System.Text.Json.Serialization;

namespace CocoonOrleans.Tunnel.Messages;

/// <summary>The receipt of a job that no gateway has acknowledged yet, with what a gateway needs to book it. What is sealed is opaque to the tunnel.</summary>
/// <param name="JobId">The job.</param>
/// <param name="LeaseId">The lease under which it ran.</param>
/// <param name="Receipt">The bytes of a usage receipt (docs/protocol.md, section 11), at most <see cref="MaxReceiptBytes"/>.</param>
/// <param name="Signature">ES256 by the receipt key of the worker's statement, 64 bytes.</param>
/// <param name="Terms">The dispatch's terms, as they came.</param>
public sealed record KeptReceipt(string JobId, string LeaseId, byte[] Receipt, byte[] Signature, string Terms)
{
    /// <summary>Most bytes of a receipt.</summary>
    public const int MaxReceiptBytes = 1024;

    /// <summary>Length of a signature.</summary>
    public const int SignatureBytes = 64;

    /// <summary>Whether it has the form; what it says is not looked at.</summary>
    [JsonIgnore]
    public bool IsValid =>
        FieldCheck.IsId(JobId) && FieldCheck.IsId(LeaseId) && Receipt.Length is >= 1 and <= MaxReceiptBytes && Signature.Length == SignatureBytes && FieldCheck.IsTerms(Terms);
}
