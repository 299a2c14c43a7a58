using CocoonOrleans.Grains.Markets;
using CocoonOrleans.Market.Offers;
using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Grains.Workers;

/// <summary>
/// Keeps the market's books in step with a worker, beside the turns of its grain: a market that doesn't answer must not hold up a lease.
/// Not thread-safe: a grain's turns are its lock.
/// </summary>
/// <param name="grains">Reaches the markets.</param>
/// <param name="workerId">The worker.</param>
/// <param name="renewEvery">How often an unchanged offer is renewed.</param>
/// <param name="clock">The clock.</param>
/// <param name="logger">Hears of markets that can't be reached.</param>
internal sealed partial class OfferPublisher(IGrainFactory grains, string workerId, TimeSpan renewEvery, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, Published> _published = [];
    private IReadOnlyList<Offer> _wanted = [];
    private long _epoch;
    private bool _running;
    private bool _again;

    /// <summary>Says what the books should hold from now on. Returns at once.</summary>
    /// <param name="offers">The worker's offers; an empty list takes all out.</param>
    /// <param name="epoch">Its session.</param>
    public void Want(IReadOnlyList<Offer> offers, long epoch)
    {
        _wanted = offers;
        _epoch = epoch;
        _again = true;
        if (!_running)
        {
            _running = true;
            _ = PublishAsync();
        }
    }

    private async Task PublishAsync()
    {
        while (_again)
        {
            _again = false;
            IReadOnlyList<Offer> wanted = _wanted;
            long epoch = _epoch;
            foreach ((string model, Published published) in _published.Where(pair => wanted.All(offer => offer.Model != pair.Key)).ToList())
            {
                if (await TryAsync(model, (market, token) => market.WithdrawAsync(workerId, published.Epoch, token)))
                {
                    _published.Remove(model);
                }
            }

            foreach (Offer offer in wanted)
            {
                DateTimeOffset now = clock.GetUtcNow();
                if (_published.TryGetValue(offer.Model, out Published? known) && known.Offer == offer && known.Epoch == epoch && now - known.At < renewEvery)
                {
                    continue;
                }

                // A call that failed may have reached the book: it is tried again next time, and the offer is withdrawn as any other.
                bool reached = await TryAsync(offer.Model, (market, token) => market.PublishAsync(offer, epoch, token));
                _published[offer.Model] = new Published(offer, epoch, reached ? now : DateTimeOffset.MinValue);
            }
        }

        _running = false;
    }

    private async Task<bool> TryAsync(string model, Func<IModelMarketGrain, CancellationToken, Task> call)
    {
        try
        {
            using var timeout = new CancellationTokenSource(CallTimeout, clock);
            await call(grains.GetGrain<IModelMarketGrain>(MarketShard.KeyFor(model, workerId)), timeout.Token);
            return true;
        }
#pragma warning disable CA1031 // Whatever it was, the next tick tries again; an offer that stays in a book leaves it by its time to live.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogUnreachable(workerId, model, error);
            return false;
        }
    }

    private sealed record Published(Offer Offer, long Epoch, DateTimeOffset At);
}
