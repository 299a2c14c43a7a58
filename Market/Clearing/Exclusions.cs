namespace CocoonOrleans.Market.Clearing;

/// <summary>How many offers each filter removed: what a person must change to be served.</summary>
/// <param name="Price">Offers that ask more than the cap.</param>
/// <param name="Context">Offers whose context is too short for prompt and completion.</param>
/// <param name="Busy">Offers without a free slot.</param>
/// <param name="Excluded">Offers of workers that the request left out or that failed it already.</param>
public readonly record struct Exclusions(int Price, int Context, int Busy, int Excluded)
{
    /// <summary>All offers that were removed.</summary>
    public int Total => Price + Context + Busy + Excluded;
}
