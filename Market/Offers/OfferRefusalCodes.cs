namespace CocoonOrleans.Market.Offers;

/// <summary>Why an offer is not put into the book. The one before it stands until it expires.</summary>
public static class OfferRefusalCodes
{
    /// <summary>The bytes are no offer, or a field is out of its range; the message begins with the field.</summary>
    public const string Malformed = "offer_malformed";

    /// <summary>The signature is not by the receipt key of the worker's statement.</summary>
    public const string Signature = "offer_signature";

    /// <summary>It is of another network or another worker.</summary>
    public const string OtherWorker = "offer_other_worker";

    /// <summary>The worker did not register this model with these slots and this context, or its statement says another quantisation or a lower tier.</summary>
    public const string NotServed = "offer_not_served";

    /// <summary>Generated tokens are priced against prompt tokens too far from the catalogue's ratio.</summary>
    public const string Skewed = "offer_skewed";

    /// <summary>It has ended, or begins in the future.</summary>
    public const string Expired = "offer_expired";

    /// <summary>A newer one was taken already.</summary>
    public const string Stale = "offer_stale";

    /// <summary>The terms changed less than ten seconds after the change before.</summary>
    public const string Flapping = "offer_flapping";

    /// <summary>The worker has no session: it registers again and posts anew.</summary>
    public const string NoSession = "offer_no_session";
}
