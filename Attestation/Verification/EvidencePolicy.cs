using CocoonOrleans.Attestation.Tcb;

namespace CocoonOrleans.Attestation.Verification;

/// <summary>What whoever verifies asks for, beyond what every quote must fulfil.</summary>
public sealed record EvidencePolicy
{
    /// <summary>Which TCB statuses are good enough.</summary>
    public TcbPolicy Tcb { get; init; } = TcbPolicy.Default;
}
