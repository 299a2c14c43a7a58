namespace CocoonOrleans.Tunnel.Messages;

/// <summary>What became of the offers of an <see cref="OfferPage"/>.</summary>
/// <param name="Verdicts">One for each offer.</param>
public sealed record OfferVerdicts(IReadOnlyList<OfferVerdict> Verdicts)
{
    /// <summary>Most bytes of it as JSON.</summary>
    public const int MaxBytes = 64 << 10;

    /// <summary>Checks what a gateway sent.</summary>
    /// <exception cref="TunnelProtocolException">A field is out of its range; the message names it.</exception>
    public void Validate()
    {
        FieldCheck.That(Verdicts.Count <= OfferPage.MaxOffers, "verdicts", $"must have at most {OfferPage.MaxOffers} entries");
        foreach (OfferVerdict verdict in Verdicts)
        {
            verdict.Validate();
        }
    }
}
