namespace CocoonOrleans.Market.Clearing;

/// <summary>What keeps an offer from serving a request. Each offer is counted once, at the first that applies.</summary>
public enum ExclusionReason
{
    /// <summary>Nothing does.</summary>
    None,

    /// <summary>The worker is below the trust tier that the request demands.</summary>
    Tier,

    /// <summary>The buyer does not want it, or it failed the request already.</summary>
    Excluded,

    /// <summary>Its weights are kept in a way that the buyer does not want.</summary>
    Quantisation,

    /// <summary>It does not do something that the request needs.</summary>
    Features,

    /// <summary>Its context is too short.</summary>
    Context,

    /// <summary>It asks more than the limit.</summary>
    Price,

    /// <summary>It has no free slot.</summary>
    Busy,
}
