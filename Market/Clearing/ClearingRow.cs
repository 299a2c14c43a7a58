using System.IO.Hashing;
using System.Text;
using CocoonOrleans.Market.Offers;
using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Market.Clearing;

/// <summary>One offer as it stands at this moment: priced for its load and the hour. Made once and kept up, so that clearing only compares numbers.</summary>
public struct ClearingRow
{
    /// <summary>The tier of a worker that can't be reached.</summary>
    public const int Unreachable = -1;

    private const int MostPenalty = 1024;
    private const int Patience = 20;

    /// <summary>The offer.</summary>
    public required Offer Offer { get; init; }

    /// <summary>What it asks now.</summary>
    public TokenPrices Ask { get; private set; }

    /// <summary>Slots that are believed to be free.</summary>
    public int FreeSlots { get; private set; }

    /// <summary>The most tokens that its context holds; beside the offer, which clearing must not have to look into.</summary>
    internal int ContextTokens { get; private init; }

    /// <summary>The worker's verified trust tier, 0 to 3; <see cref="Unreachable"/>: it is no part of the market.</summary>
    public int Tier { get; set; }

    /// <summary>How the weights are kept, as the worker's statement says; empty where that is not known.</summary>
    public string Quantisation { get; init; }

    /// <summary>What the worker's record adds to its score, in 1,024ths: 0 for one that never fails.</summary>
    public int Record { get; private init; }

    /// <summary>What its time to the first token adds where the buyer sorts by latency, in 1,024ths.</summary>
    public int Latency { get; set; }

    /// <summary>What its speed adds where the buyer sorts by throughput, in 1,024ths.</summary>
    public int Throughput { get; set; }

    /// <summary>Stands for the worker in ties.</summary>
    internal ulong Tie { get; private init; }

    /// <summary>Tells most providers apart without comparing their names.</summary>
    internal ulong Provider { get; private init; }

    /// <summary>An offer's row.</summary>
    /// <param name="offer">The offer.</param>
    /// <param name="freeSlots">Slots that are believed to be free.</param>
    /// <param name="tier">The worker's tier.</param>
    /// <param name="quantisation">How the weights are kept.</param>
    /// <param name="time">When.</param>
    public static ClearingRow Of(Offer offer, int freeSlots, int tier, string quantisation, DateTimeOffset time)
    {
        ArgumentNullException.ThrowIfNull(offer);
        var row = new ClearingRow
        {
            Offer = offer,
            Tier = tier,
            Quantisation = quantisation,
            ContextTokens = offer.ContextTokens,
            Record = PenaltyOf(offer.Settled, offer.Failed),
            Tie = XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(offer.WorkerId)),
            Provider = XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(offer.ProviderId)),
        };
        row.SetFree(freeSlots, time);
        return row;
    }

    /// <summary>Of so many jobs that ended so many failed: twice the share that failed, at most 1. The first failures of a newcomer weigh less.</summary>
    public static int PenaltyOf(long settled, long failed) => (int)Int128.Min(MostPenalty, (Int128)2 * MostPenalty * failed / (settled + failed + Patience));

    /// <summary>The free slots changed, and with them the price where it moves with load.</summary>
    public void SetFree(int freeSlots, DateTimeOffset time)
    {
        FreeSlots = freeSlots;
        Ask = Offer.AskAt(freeSlots, time);
    }

    /// <summary>Whether both are of one provider.</summary>
    internal readonly bool IsOfProviderOf(in ClearingRow other) => Provider == other.Provider && Offer.ProviderId == other.Offer.ProviderId;
}
