namespace CocoonOrleans.Grains.Markets;

/// <summary>How the book of a model is split over grains: workers publish to one shard, gateways read all of them.</summary>
public static class MarketShard
{
    /// <summary>The key of the grain that a worker's offer for the model belongs to. One shard for now: a snapshot of 1,000 offers is small.</summary>
    public static string KeyFor(string model, string workerId)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        ArgumentException.ThrowIfNullOrEmpty(workerId);
        return $"{model}/0";
    }

    /// <summary>The keys of all grains that hold offers for the model.</summary>
    public static IReadOnlyList<string> KeysOf(string model)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        return [$"{model}/0"];
    }
}
