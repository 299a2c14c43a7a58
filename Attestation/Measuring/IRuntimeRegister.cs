using CocoonOrleans.Attestation.EventLogs;

namespace CocoonOrleans.Attestation.Measuring;

/// <summary>RTMR3 of the TD that this process runs in, or of one that is simulated. Safe on many threads; one process of a TD alone may use it.</summary>
public interface IRuntimeRegister
{
    /// <summary>What the register holds.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<RegisterResult> ReadAsync(CancellationToken cancellationToken = default);

    /// <summary>Measures an event of ours (docs/protocol.md, "Events of RTMR3"); nothing takes it back.</summary>
    /// <param name="name">Its name, one of <see cref="RuntimeEvent"/>, without a zero.</param>
    /// <param name="payload">What it says.</param>
    /// <param name="cancellationToken">Ends the wait for other extensions; one that has begun is carried through.</param>
    /// <returns>The register after it.</returns>
    /// <exception cref="ArgumentException">The name holds a zero.</exception>
    Task<RegisterResult> ExtendAsync(string name, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken = default);
}
