using System.Diagnostics.CodeAnalysis;
using CocoonOrleans.Attestation.QuoteSources;

namespace CocoonOrleans.Attestation.Measuring;

/// <summary>What a register holds, or why it was not read or extended.</summary>
/// <param name="Value">The register, 48 bytes; empty where it failed.</param>
/// <param name="Failure">Why it failed; null where it did not.</param>
public sealed record RegisterResult(ReadOnlyMemory<byte> Value, TeeFailure? Failure)
{
    /// <summary>Whether it was done.</summary>
    [MemberNotNullWhen(false, nameof(Failure))]
    public bool IsDone => Failure is null;
}
