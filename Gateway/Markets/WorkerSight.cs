using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Gateway.Markets;

/// <summary>What this gateway verified of a worker that it can seal to. It is no part of what silos say: none of them can raise it.</summary>
/// <param name="Tier">The trust tier.</param>
/// <param name="Quantisation">How it keeps weights, as its statement says; empty where it says nothing.</param>
public readonly record struct WorkerSight(TrustTier Tier, string Quantisation = "");
