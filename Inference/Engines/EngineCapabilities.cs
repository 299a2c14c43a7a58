namespace CocoonOrleans.Inference.Engines;

/// <summary>What an engine is and serves: what becomes an offer.</summary>
/// <param name="Kind">Which kind of engine.</param>
/// <param name="Version">Its version, as in a registration.</param>
/// <param name="SlotsPerModel">How many answers of one model run at the same time.</param>
/// <param name="QueuePerModel">How many more requests of one model may wait; beyond them requests are refused.</param>
/// <param name="Models">The models loaded so far.</param>
public sealed record EngineCapabilities(EngineKind Kind, string Version, int SlotsPerModel, int QueuePerModel, IReadOnlyList<LoadedModel> Models);
