using System.ComponentModel.DataAnnotations;

namespace CocoonOrleans.Grains.Markets;

/// <summary>Settings of the market; section <c>Market</c>.</summary>
public sealed class MarketOptions
{
    /// <summary>How long an offer stands without being renewed; workers renew it three times as often.</summary>
    [Range(typeof(TimeSpan), "00:00:03", "00:05:00")]
    public TimeSpan OfferTtl { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The most offers in one book; one more is refused until another leaves.</summary>
    [Range(1, 100_000)]
    public int MaxOffers { get; set; } = 10_000;
}
