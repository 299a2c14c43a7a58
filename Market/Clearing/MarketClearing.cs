using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics;
using System.Text;
using CocoonOrleans.Market.Offers;
using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Market.Clearing;

/// <summary>
/// Clears one request on a snapshot of offers: filter, compare by cost, pay the runner-up's price. A pure function, so that
/// gateway, auditor and simulator compute the same.
/// </summary>
public static class MarketClearing
{
    /// <summary>Ranks the offers that can serve the request and prices each as if it won.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="offers">All offers of the model.</param>
    public static ClearingResult Clear(ClearingRequest request, IReadOnlyList<Offer> offers)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(offers);
        int price = 0, context = 0, busy = 0, excluded = 0;
        Int128? cheapest = null;
        var eligible = new List<(Offer Offer, Int128 Cost, ulong Tie)>(offers.Count);
        foreach (Offer offer in offers)
        {
            Int128 cost = Cost(offer.Ask, request);
            cheapest = cheapest is { } known && known <= cost ? known : cost;
            if (request.Excluded.Contains(offer.WorkerId))
            {
                excluded++;
            }
            else if (request.ContextTokens > offer.ContextTokens)
            {
                context++;
            }
            else if (!offer.Ask.IsWithin(request.Cap))
            {
                price++;
            }
            else if (offer.FreeSlots <= 0)
            {
                busy++;
            }
            else
            {
                eligible.Add((offer, cost, Tie(request.JobId, offer.WorkerId)));
            }
        }

        eligible.Sort(static (left, right) => left.Cost.CompareTo(right.Cost) is not 0 and var byCost ? byCost : left.Tie.CompareTo(right.Tie));
        var ranked = new ClearedOffer[eligible.Count];
        Int128? runnerUp = null;
        for (int i = ranked.Length - 1; i >= 0; i--)
        {
            (Offer offer, Int128 cost, _) = eligible[i];
            if (i + 1 < ranked.Length && eligible[i + 1].Offer.ProviderId != offer.ProviderId)
            {
                runnerUp = eligible[i + 1].Cost;
            }

            ranked[i] = new ClearedOffer(offer, ToNano(cost), Scale(offer.Ask, cost, runnerUp ?? cost, request.Cap));
        }

        return new ClearingResult(ranked, new Exclusions(price, context, busy, excluded), cheapest is { } least ? ToNano(least) : null);
    }

    /// <summary>
    /// What the request is expected to cost, in millionths of a nano. Not rounded: a short request often costs less than a nano, and offers that differ
    /// would look alike.
    /// </summary>
    private static Int128 Cost(TokenPrices ask, ClearingRequest request) =>
        ((Int128)request.PromptTokens * ask.Prompt.Value)
        + ((Int128)request.ExpectedCompletionTokens * ask.Completion.Value)
        + ((Int128)TokenPrices.TokensPerPrice * ask.Request.Value);

    /// <summary>Rounded up. An offer may ask what no amount can hold: it is as dear as can be said, and must not stop the others from being cleared.</summary>
    private static Nano ToNano(Int128 millionths) =>
        new((long)Int128.Min(long.MaxValue, (millionths + (TokenPrices.TokensPerPrice - 1)) / TokenPrices.TokensPerPrice));

    /// <summary>The ask times runnerUp / cost, rounded down to integers, each class at least the ask and at most the cap.</summary>
    private static TokenPrices Scale(TokenPrices ask, Int128 cost, Int128 runnerUp, TokenPrices cap)
    {
        if (cost <= 0 || runnerUp <= cost)
        {
            return ask;
        }

        return new TokenPrices(
            One(ask.Prompt, cap.Prompt),
            One(ask.Cached, cap.Cached),
            One(ask.Completion, cap.Completion),
            One(ask.Request, cap.Request));

        // A product of a price and a cost needs up to 160 bits.
        Nano One(Nano price, Nano most) => runnerUp <= long.MaxValue
            ? new Nano((long)Int128.Min(most.Value, (Int128)price.Value * runnerUp / cost))
            : new Nano((long)BigInteger.Min(most.Value, (BigInteger)price.Value * runnerUp / cost));
    }

    /// <summary>Depends on job and worker alone: the same everywhere, and not to be steered by either side.</summary>
    private static ulong Tie(Guid jobId, string workerId)
    {
        Span<byte> bytes = stackalloc byte[16];
        jobId.TryWriteBytes(bytes, bigEndian: true, out _);
        long seed = BinaryPrimitives.ReadInt64LittleEndian(bytes) ^ BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]);
        return XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(workerId), seed);
    }
}
