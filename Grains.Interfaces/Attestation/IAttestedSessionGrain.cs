using Orleans.CodeGeneration;

namespace CocoonOrleans.Grains.Attestation;

/// <summary>What the network knows of one worker's verified evidence, by the hex SHA-256 of its key. It raises no tier: gateways judge evidence themselves, and learn here what only all of them together know.</summary>
[Alias("cocoon.AttestedSession"), Version(1)]
public interface IAttestedSessionGrain : IGrainWithStringKey
{
    /// <summary>A gateway has verified a statement of the worker: with each epoch, before the first job and before requests are sealed to it. Stored before it answers. May be repeated.</summary>
    /// <returns>Whether the worker may serve.</returns>
    /// <exception cref="ArgumentException">A field is out of its range; the message names it.</exception>
    [Alias("Record")]
    Task<AttestedAdmission> RecordAsync(AttestedEvidence evidence, CancellationToken cancellationToken = default);

    /// <summary>What is known; null where no gateway ever verified anything of the worker.</summary>
    [Alias("Get")]
    Task<AttestedSession?> GetAsync(CancellationToken cancellationToken = default);
}
