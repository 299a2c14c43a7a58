using CocoonOrleans.Ledger.Channels;

namespace CocoonOrleans.Ledger.Providers;

/// <summary>What providers ordered and earned, in the ledger's database. Every member may throw <see cref="LedgerUnavailableException"/>.</summary>
public interface IProviderStore
{
    /// <summary>Stores an order, if the account is a provider's and the number is above all before. The same bytes again change nothing.</summary>
    /// <returns>False where one of these does not hold.</returns>
    Task<bool> TryAddOrderAsync(PayoutOrder order, CancellationToken cancellationToken);

    /// <summary>What a provider ordered, as of a time.</summary>
    Task<PayoutOrders> ReadOrdersAsync(string accountId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Providers with an order, in order of their accounts.</summary>
    Task<IReadOnlyList<string>> ListOrderingProvidersAsync(CancellationToken cancellationToken);

    /// <summary>The provider's channel that isn't closed; null where there is none.</summary>
    Task<WorkerChannel?> FindProviderChannelAsync(string accountId, CancellationToken cancellationToken);

    /// <summary>What a provider has earned and what became of it; null where there is no such provider.</summary>
    /// <param name="accountId">The provider.</param>
    /// <param name="days">How many of its newest days, 1 to 400.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<ProviderEarnings?> ReadEarningsAsync(string accountId, int days, CancellationToken cancellationToken);

    /// <summary>What happened on a provider's day.</summary>
    /// <param name="accountId">The provider.</param>
    /// <param name="day">The day, UTC.</param>
    /// <param name="limit">The most jobs to list, above zero; one more is listed where there are more.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<ProviderDayDetails> ReadDayAsync(string accountId, DateOnly day, int limit, CancellationToken cancellationToken);
}
