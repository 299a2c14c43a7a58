namespace CocoonOrleans.Ton.Providers;

/// <summary>What a provider asks for.</summary>
public enum ProviderRequestKind
{
    /// <summary>To be paid at an address from a threshold on.</summary>
    Payout = 1,

    /// <summary>To be told what it has earned.</summary>
    Statement = 2,

    /// <summary>An offer to close its channel together.</summary>
    OfferClose = 3,

    /// <summary>To close it, with its own signature of the offer.</summary>
    Close = 4,
}
