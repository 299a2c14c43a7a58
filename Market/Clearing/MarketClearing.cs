using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using CocoonOrleans.Market.Offers;
using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Market.Clearing;

/// <summary>
/// Clears one request on a snapshot of offers: filter, compare by score, pay the runner-up's score. A pure function of integers, so that gateway, auditor and
/// simulator compute the same.
/// </summary>
public static class MarketClearing
{
    /// <summary>A penalty of 1 in a score.</summary>
    public const int PenaltyUnit = 1024;

    private const int Reasons = (int)ExclusionReason.Busy + 1;

    // Room for all penalties together, and one bit more.
    private const int ScoreRoom = 16 * PenaltyUnit;

    /// <summary>Finds the offer that serves the request, and what it is paid.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="rows">All offers of the model.</param>
    public static ClearingResult Clear(ClearingRequest request, ReadOnlySpan<ClearingRow> rows)
    {
        ArgumentNullException.ThrowIfNull(request);

        // An eligible offer asks no more than the cap: where that fits in 64 bits, so does every score. 128 bits take three times as long.
        return Cost(request.Cap, request) * ScoreRoom <= long.MaxValue ? Clear<long>(request, rows) : Clear<Int128>(request, rows);
    }

    /// <summary>What a winner is paid: the ask times runner-up / own score, rounded down to integers, each class at least the ask and at most the limit.</summary>
    /// <param name="ask">The winner's ask.</param>
    /// <param name="score">The winner's score.</param>
    /// <param name="runnerUp">The runner-up's; null where there is none.</param>
    /// <param name="limit">The most to raise each class to; an ask above it is paid as it is.</param>
    public static TokenPrices PriceOf(TokenPrices ask, Int128 score, Int128? runnerUp, TokenPrices limit)
    {
        if (score <= 0 || runnerUp is not { } other || other <= score)
        {
            return ask;
        }

        return new TokenPrices(One(ask.Prompt, limit.Prompt), One(ask.Cached, limit.Cached), One(ask.Completion, limit.Completion), One(ask.Request, limit.Request));

        // A product of a price and a score may need more than 128 bits.
        Nano One(Nano price, Nano most)
        {
            BigInteger scaled = other <= long.MaxValue ? (BigInteger)((Int128)price.Value * other / score) : (BigInteger)price.Value * other / score;
            return new Nano((long)BigInteger.Min(Math.Max(price.Value, most.Value), scaled));
        }
    }

    /// <summary>What competition may raise a price to: the reserve, and no more than the cap.</summary>
    public static TokenPrices LimitOf(ClearingRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Reserve is not { } reserve ? request.Cap : new TokenPrices(
            Nano.Min(request.Cap.Prompt, reserve.Prompt), Nano.Min(request.Cap.Cached, reserve.Cached), Nano.Min(request.Cap.Completion, reserve.Completion), Nano.Min(request.Cap.Request, reserve.Request));
    }

    /// <summary>
    /// What a request is expected to cost at an ask, in millionths of a nano. Not rounded: a short request often costs less than a nano, and offers that differ would
    /// look alike.
    /// </summary>
    public static Int128 Cost(TokenPrices ask, ClearingRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Cost<Int128>(ask, request.PromptTokens, request.ExpectedCompletionTokens);
    }

    private static ClearingResult Clear<T>(ClearingRequest request, ReadOnlySpan<ClearingRow> rows)
        where T : struct, IBinaryInteger<T>
    {
        T prompt = T.CreateTruncating(request.PromptTokens), completion = T.CreateTruncating(request.ExpectedCompletionTokens);
        var asked = new Asked(request);
        Span<int> counts = stackalloc int[Reasons];
        counts.Clear();
        ulong seed = Seed(request.JobId);
        int best = -1, runnerUp = -1, eligible = 0;
        T bestScore = default, runnerUpScore = default;
        for (int i = 0; i < rows.Length; i++)
        {
            ref readonly ClearingRow row = ref rows[i];
            if (row.Tier < 0)
            {
                continue;
            }

            ExclusionReason reason = asked.FindReason(row);
            if (reason != ExclusionReason.None)
            {
                counts[(int)reason]++;
                continue;
            }

            eligible++;
            T score = Score(row, prompt, completion, asked.Sort);
            if (best < 0 || IsBefore(score, row, bestScore, rows[best], seed))
            {
                if (best >= 0 && !row.IsOfProviderOf(rows[best]))
                {
                    (runnerUp, runnerUpScore) = (best, bestScore);
                }

                (best, bestScore) = (i, score);
            }
            else if (!row.IsOfProviderOf(rows[best]) && (runnerUp < 0 || score < runnerUpScore))
            {
                (runnerUp, runnerUpScore) = (i, score);
            }
        }

        if (request.Able is not null)
        {
            (best, bestScore, runnerUp, runnerUpScore) = FindAbleBest(rows, asked, request, prompt, completion, seed, ref eligible, counts);
        }

        var exclusions = new Exclusions(Count(counts, ExclusionReason.Price), Count(counts, ExclusionReason.Context), Count(counts, ExclusionReason.Busy), Count(counts, ExclusionReason.Excluded),
            Count(counts, ExclusionReason.Tier), Count(counts, ExclusionReason.Quantisation), Count(counts, ExclusionReason.Features));
        if (best < 0)
        {
            return new ClearingResult(null, 0, exclusions, FindCheapest(rows, asked, request));
        }

        Int128 own = Int128.CreateTruncating(bestScore);
        Int128? other = runnerUp < 0 ? null : Int128.CreateTruncating(runnerUpScore);
        ClearingRow winner = rows[best];
        return new ClearingResult(
            new ClearedOffer(winner.Offer, winner.Ask, PriceOf(winner.Ask, own, other, LimitOf(request)), own, other) { Penalty = Penalty(winner, asked.Sort) }, eligible, exclusions, null);
    }

    /// <summary>The best of those who may win, and the best of another provider behind it, who need not be able to.</summary>
    private static (int Best, T Score, int RunnerUp, T RunnerUpScore) FindAbleBest<T>(
        ReadOnlySpan<ClearingRow> rows, Asked asked, ClearingRequest request, T prompt, T completion, ulong seed, ref int eligible, Span<int> counts)
        where T : struct, IBinaryInteger<T>
    {
        int best = -1, runnerUp = -1;
        T bestScore = default, runnerUpScore = default;
        for (int i = 0; i < rows.Length; i++)
        {
            ref readonly ClearingRow row = ref rows[i];
            if (row.Tier < 0 || asked.FindReason(row) != ExclusionReason.None)
            {
                continue;
            }

            if (!OfferFilter.Names(request.Able!, row.Offer))
            {
                eligible--;
                counts[(int)ExclusionReason.Excluded]++;
                continue;
            }

            T score = Score(row, prompt, completion, asked.Sort);
            if (best < 0 || IsBefore(score, row, bestScore, rows[best], seed))
            {
                (best, bestScore) = (i, score);
            }
        }

        for (int i = 0; best >= 0 && i < rows.Length; i++)
        {
            ref readonly ClearingRow row = ref rows[i];
            if (row.Tier < 0 || row.IsOfProviderOf(rows[best]) || asked.FindReason(row) != ExclusionReason.None)
            {
                continue;
            }

            T score = Score(row, prompt, completion, asked.Sort);
            if (score >= bestScore && (runnerUp < 0 || score < runnerUpScore))
            {
                (runnerUp, runnerUpScore) = (i, score);
            }
        }

        return (best, bestScore, runnerUp, runnerUpScore);
    }

    private static CheapestOffer? FindCheapest(ReadOnlySpan<ClearingRow> rows, Asked asked, ClearingRequest request)
    {
        int cheapest = -1;
        Int128 least = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            Int128 cost = Cost(rows[i].Ask, request);
            if (rows[i].Tier >= 0 && (cheapest < 0 || cost < least))
            {
                (cheapest, least) = (i, cost);
            }
        }

        if (cheapest < 0)
        {
            return null;
        }

        ExclusionReason reason = asked.FindReason(rows[cheapest]);
        return new CheapestOffer(ToNano(least), rows[cheapest].Ask, reason == ExclusionReason.None ? ExclusionReason.Excluded : reason);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsBefore<T>(T score, in ClearingRow row, T other, in ClearingRow otherRow, ulong seed)
        where T : struct, IBinaryInteger<T> => score < other || (score == other && Mix(row.Tie ^ seed) < Mix(otherRow.Tie ^ seed));

    // Unchecked: the type was chosen so that no score overflows.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Score<T>(in ClearingRow row, T prompt, T completion, ScoreOrder sort)
        where T : struct, IBinaryInteger<T> => unchecked(Cost(row.Ask, prompt, completion) * T.CreateTruncating(PenaltyUnit + Penalty(row, sort)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Penalty(in ClearingRow row, ScoreOrder sort) =>
        row.Record + (sort == ScoreOrder.Price ? 0 : sort == ScoreOrder.Latency ? row.Latency : row.Throughput);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Cost<T>(TokenPrices ask, T prompt, T completion)
        where T : struct, IBinaryInteger<T> => unchecked(
        (prompt * T.CreateTruncating(ask.Prompt.Value)) + (completion * T.CreateTruncating(ask.Completion.Value)) + (T.CreateTruncating(TokenPrices.TokensPerPrice) * T.CreateTruncating(ask.Request.Value)));

    /// <summary>Rounded up. An offer may ask what no amount can hold: it is as dear as can be said.</summary>
    private static Nano ToNano(Int128 millionths) =>
        new((long)Int128.Min(long.MaxValue, (millionths + (TokenPrices.TokensPerPrice - 1)) / TokenPrices.TokensPerPrice));

    private static int Count(ReadOnlySpan<int> counts, ExclusionReason reason) => counts[(int)reason];

    private static ulong Seed(Guid jobId)
    {
        Span<byte> bytes = stackalloc byte[16];
        jobId.TryWriteBytes(bytes, bigEndian: true, out _);
        return Mix(BinaryPrimitives.ReadUInt64LittleEndian(bytes)) ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
    }

    // The finisher of splitmix64 (Vigna): every bit of job and worker moves every bit of the result.
    private static ulong Mix(ulong value)
    {
        unchecked
        {
            value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
            value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
            return value ^ (value >> 31);
        }
    }

    /// <summary>What a request demands, taken apart once.</summary>
    private readonly struct Asked(ClearingRequest request)
    {
        private readonly TokenPrices _cap = request.Cap;
        private readonly long _context = request.ContextTokens;
        private readonly int _tier = request.MinimumTier;
        private readonly OfferFilter _filter = request.Filter;
        private readonly IReadOnlySet<string>? _excluded = request.Excluded.Count > 0 ? request.Excluded : null;
        private readonly IReadOnlySet<string>? _quantisations = request.Filter.Quantisations.Count > 0 ? request.Filter.Quantisations : null;
        private readonly OfferFeatures _features = request.Filter.Features;
        private readonly bool _isChoosy = request.Filter.Only.Count > 0 || request.Filter.Ignore.Count > 0;

        public ScoreOrder Sort { get; } = request.Filter.Sort;

        public ExclusionReason FindReason(in ClearingRow row) =>
            row.Tier < _tier ? ExclusionReason.Tier
            : (_excluded is not null && _excluded.Contains(row.Offer.WorkerId)) || (_isChoosy && _filter.Refuses(row.Offer)) ? ExclusionReason.Excluded
            : _quantisations is not null && !_quantisations.Contains(row.Quantisation) ? ExclusionReason.Quantisation
            : _features != 0 && row.Offer.Posted is { } posted && (posted.Terms.Features & _features) != _features ? ExclusionReason.Features
            : _context > row.ContextTokens ? ExclusionReason.Context
            : !row.Ask.IsWithin(_cap) ? ExclusionReason.Price
            : row.FreeSlots <= 0 ? ExclusionReason.Busy
            : ExclusionReason.None;
    }
}
