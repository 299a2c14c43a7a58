using CocoonOrleans.Attestation.Images;
using CocoonOrleans.Attestation.Tcb;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Attestation.Verification;

/// <summary>What whoever verifies asks for, beyond what every quote must fulfil.</summary>
public sealed record EvidencePolicy
{
    /// <summary>Which TCB statuses are good enough.</summary>
    public TcbPolicy Tcb { get; init; } = TcbPolicy.Default;

    /// <summary>The images that are known; null where nobody asks what runs, and then the tier is <see cref="TrustTier.Open"/>.</summary>
    public IReadOnlyList<ImageManifest>? Images { get; init; }

    /// <summary>Whether a statement must come with the quote. One that comes is checked anyway.</summary>
    public bool RequiresStatement { get; init; }

    /// <summary>The network that a statement must be for; null for any.</summary>
    public string? NetworkId { get; init; }

    /// <summary>The role that a statement must be of; null for any.</summary>
    public StatementRole? Role { get; init; }

    /// <summary>The least tier; null where none is asked for. <see cref="TrustTier.Simulated"/> satisfies no demand.</summary>
    public TrustTier? MinimumTier { get; init; }
}
