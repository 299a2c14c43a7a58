namespace CocoonOrleans.Tunnel.Messages;

/// <summary>What a worker is and offers; the same for the whole life of its process.</summary>
/// <param name="WorkerName">A name for people, 1 to 64 characters.</param>
/// <param name="ProviderId">Whose machine it is, 1 to 64 characters of a-z, A-Z, 0-9, '-', '_', '.'.</param>
/// <param name="Engine">What computes the answers.</param>
/// <param name="BootId">The boot id of its hello line.</param>
/// <param name="Models">The models on offer, 1 to 64.</param>
/// <param name="ProviderPass">Where the provider is named by its key: its signature that the worker is its own, 128 hex digits. Whoever pays it checks that.</param>
public sealed record WorkerRegistration(
    string WorkerName, string ProviderId, EngineDescription Engine, string BootId, IReadOnlyList<ModelOffer> Models, string? ProviderPass = null)
{
    /// <summary>Checks everything that a worker may get wrong or lie about in form.</summary>
    /// <exception cref="TunnelProtocolException">A field is out of its range; the message names it.</exception>
    public void Validate()
    {
        FieldCheck.Text(WorkerName, 1, 64, "workerName");
        FieldCheck.Id(ProviderId, "providerId");
        FieldCheck.Text(Engine.Kind, 1, 32, "engine.kind");
        FieldCheck.Text(Engine.Version, 1, 100, "engine.version");
        FieldCheck.That(BootId.Length == 32, "bootId", "must be 32 hex digits");
        FieldCheck.That(ProviderPass is null or { Length: 128 }, "providerPass", "must be 128 hex digits");
        FieldCheck.That(Models.Count is >= 1 and <= 64, "models", "must have 1 to 64 entries");
        foreach (ModelOffer model in Models)
            model.Validate();
        FieldCheck.That(Models.DistinctBy(model => model.Name).Count() == Models.Count, "models", "must not name a model twice");
    }
}

/// <summary>The engine of a worker.</summary>
/// <param name="Kind"><c>native</c>; <c>upstream</c> where another server computes; or <c>scripted</c> in tests and demonstrations.</param>
/// <param name="Version">Its version, for people and the system fingerprint; that of the other server where there is one.</param>
public sealed record EngineDescription(string Kind, string Version);
