namespace CocoonOrleans.Market.Clearing;

/// <summary>How many offers each filter removed: what a person must change to be served.</summary>
/// <param name="Price">Offers that ask more than the cap.</param>
/// <param name="Context">Offers whose context is too short for prompt and completion.</param>
/// <param name="Busy">Offers without a free slot.</param>
/// <param name="Excluded">Offers of workers that the request left out or that failed it already.</param>
/// <param name="Tier">Offers of workers below the trust tier that the request demands.</param>
/// <param name="Quantisation">Offers whose weights are kept in another way than the request demands.</param>
/// <param name="Features">Offers that leave out what the request needs.</param>
public readonly record struct Exclusions(int Price, int Context, int Busy, int Excluded, int Tier = 0, int Quantisation = 0, int Features = 0)
{
    /// <summary>All offers that were removed.</summary>
    public int Total => Price + Context + Busy + Excluded + Tier + Quantisation + Features;
}
