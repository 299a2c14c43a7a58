using Orleans.CodeGeneration;

namespace CocoonOrleans.Grains.Providers;

/// <summary>
/// A provider that is paid on the chain; the key is its account, which is its public key in hexadecimal digits. What it asks for it has signed, so it doesn't
/// matter who brings it. Orders and earnings stand in SQL; it keeps nothing.
/// </summary>
[Alias("cocoon.Provider"), Version(1)]
public interface IProviderGrain : IGrainWithStringKey
{
    /// <summary>
    /// Takes an order to be paid at an address from a threshold on. The first one holds at once, one with another address after a day. The same bytes again
    /// change nothing.
    /// </summary>
    /// <param name="request">The signed request.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">The request is refused; the message says why.</exception>
    [Alias("OrderPayout")]
    Task<ProviderView> OrderPayoutAsync(byte[] request, CancellationToken cancellationToken = default);

    /// <summary>What it has earned, and what became of it.</summary>
    /// <param name="request">The signed request.</param>
    /// <param name="days">How many of its newest days, 1 to 400.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">The request is refused; the message says why.</exception>
    [Alias("GetStatement")]
    Task<ProviderStatement> GetStatementAsync(byte[] request, int days, CancellationToken cancellationToken = default);

    /// <summary>A day of it as the operator signs it: every job with the hash of its usage receipt, vouchers, charges, and what is due.</summary>
    /// <param name="request">The signed request.</param>
    /// <param name="day">The day, UTC.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">The request is refused; the message says why.</exception>
    [Alias("GetDay")]
    Task<string> GetDayAsync(byte[] request, DateOnly day, CancellationToken cancellationToken = default);

    /// <summary>Where it is paid, and by which channel; null where the ledger has no such provider.</summary>
    [Alias("Get")]
    Task<ProviderView?> GetAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Where it has an order that counts and no channel: gives it one, in the database only, or pays it by transfer when its threshold is due. Repeating it does
    /// no harm.
    /// </summary>
    [Alias("Sweep")]
    Task SweepAsync(CancellationToken cancellationToken = default);
}
