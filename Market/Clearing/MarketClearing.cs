using System.Buffers.Binary;
using System.IO.Hashing;
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
        Nano? cheapest = null;
        var eligible = new List<(Offer Offer, Nano Cost, ulong Tie)>(offers.Count);
        foreach (Offer offer in offers)
        {
            Nano cost = offer.Ask.Hold(request.PromptTokens, request.ExpectedCompletionTokens);
            cheapest = cheapest is { } known && known <= cost ? known : cost;
            if (request.Excluded.Contains(offer.WorkerId))
            {
                excluded++;
            }
            else if (request.PromptTokens + request.MaxCompletionTokens > offer.ContextTokens)
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
        var ranked = new List<ClearedOffer>(eligible.Count);
        for (int i = 0; i < eligible.Count; i++)
        {
            (Offer offer, Nano cost, _) = eligible[i];
            Nano? runnerUp = null;
            for (int next = i + 1; next < eligible.Count && runnerUp is null; next++)
            {
                if (eligible[next].Offer.ProviderId != offer.ProviderId)
                {
                    runnerUp = eligible[next].Cost;
                }
            }

            ranked.Add(new ClearedOffer(offer, cost, Scale(offer.Ask, cost, runnerUp ?? cost, request.Cap)));
        }

        return new ClearingResult(ranked, new Exclusions(price, context, busy, excluded), cheapest);
    }

    /// <summary>The ask times runnerUp / cost, rounded down to integers, each class at least the ask and at most the cap.</summary>
    private static TokenPrices Scale(TokenPrices ask, Nano cost, Nano runnerUp, TokenPrices cap)
    {
        if (cost.Value <= 0 || runnerUp <= cost)
        {
            return ask;
        }

        return new TokenPrices(
            One(ask.Prompt, cap.Prompt),
            One(ask.Cached, cap.Cached),
            One(ask.Completion, cap.Completion),
            One(ask.Request, cap.Request));

        Nano One(Nano price, Nano most)
        {
            Int128 scaled = (Int128)price.Value * runnerUp.Value / cost.Value;
            return scaled >= most.Value ? most : new Nano((long)scaled);
        }
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
