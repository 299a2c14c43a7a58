namespace CocoonOrleans.Inference.Engines;

/// <summary>How busy an engine is: what goes into a heartbeat.</summary>
/// <param name="Running">Answers under way, over all models.</param>
/// <param name="Queued">Requests accepted of which no answer is under way.</param>
/// <param name="Slots">Answers that can run at the same time, over all models.</param>
/// <param name="TokensPerSecond">Completion tokens generated in the last full second, over all models.</param>
public sealed record EngineStatistics(int Running, int Queued, int Slots, double TokensPerSecond)
{
    /// <summary>Slots that nobody uses.</summary>
    public int FreeSlots => Slots - Running;
}
