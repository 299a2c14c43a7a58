namespace CocoonOrleans.Benchmarks.Market;

/// <summary>One market.</summary>
/// <param name="Rule">Its rule.</param>
/// <param name="Load">Work that comes, as a share of what all slots can do.</param>
/// <param name="Colluders">How many of the sellers ask as one.</param>
/// <param name="Seed">Of demand, costs and learning; the same demand and the same costs for every rule.</param>
internal sealed record SimulationSettings(SimulationRule Rule, double Load, int Colluders, int Seed)
{
    /// <summary>Sellers.</summary>
    public const int Sellers = 20;

    /// <summary>Slots of each.</summary>
    public const int Slots = 4;

    /// <summary>The most that a buyer pays, where the median cost is about 1: COCOON's default.</summary>
    public const double Cap = 4;

    /// <summary>The reserve of the last rule.</summary>
    public const double Reserve = 2;
}
