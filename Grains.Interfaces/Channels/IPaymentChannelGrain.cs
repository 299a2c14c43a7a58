using Orleans.CodeGeneration;

namespace CocoonOrleans.Grains.Channels;

/// <summary>
/// One channel from the operator to a provider; the key is its address in raw form. It signs vouchers for what the provider has earned, and decides
/// when to top up and to charge. Channel, vouchers and intents stand in SQL; it keeps nothing, and never waits for the chain: the sweeper brings what
/// the chain says.
/// </summary>
[Alias("cocoon.PaymentChannel"), Version(1)]
public interface IPaymentChannelGrain : IGrainWithStringKey
{
    /// <summary>Takes what the chain says, signs what is due, and places intents to top up and to charge. Repeating it does no harm.</summary>
    /// <param name="observation">What the chain says; null where it gave no answer: what is due is signed all the same.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Alias("Sweep")]
    Task SweepAsync(ChannelObservation? observation, CancellationToken cancellationToken = default);

    /// <summary>
    /// Signs all that is due now, and lets the wallet bring the voucher to the chain whatever that costs, where the contract pays out so little. The operator's
    /// own decision; repeating it does no harm.
    /// </summary>
    /// <returns>Whether a charge is on its way or was made; false where there is nothing to charge.</returns>
    [Alias("Charge")]
    Task<bool> ChargeAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Leaves the channel alone: lets the wallet start the delay, in which all that was promised is charged, and after which the rest comes back. The operator's
    /// own decision, where a provider is gone; repeating it does no harm.
    /// </summary>
    /// <returns>False where the channel isn't open.</returns>
    [Alias("Leave")]
    Task<bool> LeaveAsync(CancellationToken cancellationToken = default);

    /// <summary>Offers to close the channel together, at all that is due now. The offer dies after ten minutes.</summary>
    /// <param name="request">The provider's signed request.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">The request is refused; the message says why.</exception>
    [Alias("OfferClose")]
    Task<ChannelClose> OfferCloseAsync(byte[] request, CancellationToken cancellationToken = default);

    /// <summary>Closes the channel together: lets the wallet bring both signatures to the chain.</summary>
    /// <param name="request">The provider's signed request, with its signature of the offer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">The request is refused; the message says why.</exception>
    [Alias("Close")]
    Task CloseAsync(byte[] request, CancellationToken cancellationToken = default);
}
