using System.Security.Cryptography;
using CocoonOrleans.Gateway.Authentication;

namespace CocoonOrleans.Gateway.Admission;

/// <summary>A request as it came.</summary>
/// <param name="Caller">Who asks.</param>
/// <param name="Body">The request's bytes.</param>
/// <param name="IdempotencyKey">The client's <c>Idempotency-Key</c>; null where it sent none.</param>
/// <param name="Arrived">The clock's timestamp of its arrival.</param>
/// <param name="Voucher">The signed voucher with which a channel pays; null where the account's balance does.</param>
/// <param name="IsStrict">Whether a field that would be ignored is refused.</param>
public sealed record JobIntake(Caller Caller, byte[] Body, string? IdempotencyKey, long Arrived, byte[]? Voucher = null, bool IsStrict = false)
{
    /// <summary>SHA-256 of the body.</summary>
    public byte[] BodySha256 { get; } = SHA256.HashData(Body);
}
