using CocoonOrleans.Market.Offers;

namespace CocoonOrleans.Grains.Markets;

/// <summary>
/// The offers of one model, each for its time to live. The version starts at the clock, so that it also differs from every version of a book
/// that was lost before.
/// </summary>
/// <param name="timeToLive">How long an offer stands without being renewed.</param>
/// <param name="maxOffers">The most offers.</param>
/// <param name="now">The time of its making.</param>
internal sealed class OfferBook(TimeSpan timeToLive, int maxOffers, DateTimeOffset now)
{
    private readonly Dictionary<string, (BookOffer Offer, DateTimeOffset Until)> _byWorker = [];
    // Workers renew three times in an offer's time to live; a second for the way.
    private readonly DateTimeOffset _rebuiltAt = now + (timeToLive / 3) + TimeSpan.FromSeconds(1);
    private MarketSnapshot? _snapshot;
    private bool _isRebuilding = true;
    private long _version = now.UtcTicks;

    /// <summary>How many offers there are.</summary>
    public int Count => _byWorker.Count;

    /// <summary>Puts an offer in or renews it; one of an older session than is known changes nothing.</summary>
    /// <returns>False where the book is full.</returns>
    public bool Publish(Offer offer, long epoch, DateTimeOffset at)
    {
        var entry = new BookOffer(offer, epoch);
        if (_byWorker.TryGetValue(offer.WorkerId, out (BookOffer Offer, DateTimeOffset Until) known))
        {
            if (known.Offer.Epoch > epoch)
            {
                return true;
            }
        }
        else if (_byWorker.Count >= maxOffers)
        {
            return false;
        }

        _byWorker[offer.WorkerId] = (entry, at + timeToLive);
        if (known.Offer != entry)
        {
            Change();
        }

        return true;
    }

    /// <summary>Takes a worker's offer out, unless it is of a newer session.</summary>
    public void Withdraw(string workerId, long epoch)
    {
        if (_byWorker.TryGetValue(workerId, out (BookOffer Offer, DateTimeOffset Until) known) && known.Offer.Epoch <= epoch)
        {
            _byWorker.Remove(workerId);
            Change();
        }
    }

    /// <summary>Takes out what was not renewed, and notices when the book is complete.</summary>
    public void RemoveExpired(DateTimeOffset at)
    {
        foreach (string worker in _byWorker.Where(entry => entry.Value.Until <= at).Select(entry => entry.Key).ToList())
        {
            _byWorker.Remove(worker);
            Change();
        }

        if (_isRebuilding && at >= _rebuiltAt)
        {
            // A change like another: who has kept what was missing must hear that it is missing.
            _isRebuilding = false;
            Change();
        }
    }

    /// <summary>The offers; the same object until they change.</summary>
    public MarketSnapshot Snapshot() => _snapshot ??= new MarketSnapshot(_version, [.. _byWorker.Values.Select(entry => entry.Offer)], _isRebuilding);

    private void Change()
    {
        _version++;
        _snapshot = null;
    }
}
