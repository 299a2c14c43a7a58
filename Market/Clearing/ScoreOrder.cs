namespace CocoonOrleans.Market.Clearing;

/// <summary>What a buyer cares for besides the price.</summary>
public enum ScoreOrder
{
    /// <summary>The price alone, and the workers' records.</summary>
    Price,

    /// <summary>Also an early first token.</summary>
    Latency,

    /// <summary>Also many tokens a second.</summary>
    Throughput,
}
