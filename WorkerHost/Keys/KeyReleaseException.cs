using CocoonOrleans.Sealing;

namespace CocoonOrleans.WorkerHost.Keys;

/// <summary>The key of an encrypted model was not released, so the model can't be served.</summary>
public sealed class KeyReleaseException : Exception
{
    /// <summary>Too few brokers gave a share.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="manifest">The hash of its encrypted manifest.</param>
    /// <param name="shares">How many good shares came.</param>
    /// <param name="needed">How many are needed.</param>
    /// <param name="refusals">Why the others didn't.</param>
    public KeyReleaseException(string model, Digest manifest, int shares, int needed, IReadOnlyList<BrokerRefusal> refusals)
        : base($"the key of model {model} (manifest {manifest}) was not released: {shares} good shares came, and {needed} are needed. {string.Join("; ", refusals)}") => Refusals = refusals;

    /// <summary>Nothing could be asked.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="reason">Why.</param>
    public KeyReleaseException(string model, string reason)
        : base($"the key of model {model} can't be asked for: {reason}") => Refusals = [];

    /// <summary>Why each broker that gave none gave none.</summary>
    public IReadOnlyList<BrokerRefusal> Refusals { get; }
}
