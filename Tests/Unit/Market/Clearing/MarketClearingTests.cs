using CocoonOrleans.Market;
using CocoonOrleans.Market.Clearing;
using CocoonOrleans.Market.Offers;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Tests.Unit.Market.Offers;
using CsCheck;

namespace CocoonOrleans.Tests.Unit.Market.Clearing;

public sealed class MarketClearingTests
{
    private static readonly Guid JobId = Guid.Parse("0198c0de-0000-7000-8000-000000000001");

    private static readonly Gen<Offer> Offers = Gen.Select(
        Gen.Int[0, 30], Gen.Int[0, 5], Gen.Long[0, 2000], Gen.Long[0, 2000], Gen.Int[0, 3], Gen.Int[100, 5000], Gen.Int[0, 50],
        (worker, provider, prompt, completion, free, context, failed) =>
            Offer($"worker-{worker}", $"provider-{provider}", prompt, completion) with { FreeSlots = free, ContextTokens = context, Settled = 50, Failed = failed });

    [Fact]
    public void Clear_SeveralOffers_TheCheapestWins()
    {
        ClearingResult result = Clear(Request(), Offer("b", "2", 200), Offer("a", "1", 100), Offer("c", "3", 300));

        Assert.Equal(("a", 3), (result.Best!.Offer.WorkerId, result.Eligible));
    }

    [Fact]
    public void Clear_RunnerUpOfAnotherProvider_SetsThePrice() =>
        Assert.Equal(new Nano(150), Clear(Request(), Offer("a", "1", 100), Offer("b", "2", 150)).Best!.Price.Prompt);

    [Fact]
    public void Clear_RunnerUpOfTheSameProvider_DoesNotSetThePrice() =>
        Assert.Equal(new Nano(180), Clear(Request(), Offer("a", "1", 100), Offer("b", "1", 150), Offer("c", "2", 180)).Best!.Price.Prompt);

    [Fact]
    public void Clear_NoOtherProvider_PaysTheOwnAsk()
    {
        ClearedOffer best = Clear(Request(), Offer("a", "1", 100), Offer("b", "1", 150)).Best!;

        Assert.Equal((new Nano(100), null), (best.Price.Prompt, best.RunnerUpScore));
    }

    [Fact]
    public void Clear_RunnerUpMuchDearer_IsPaidAtMostTheCap()
    {
        ClearingRequest request = Request() with { Cap = Prices(500, 500) };

        Assert.Equal(new Nano(500), Clear(request, Offer("a", "1", 1, 400), Offer("b", "2", 500, 500)).Best!.Price.Completion);
    }

    /// <summary>Who allows more than the reserve can be served above it, but competition does not raise the price there.</summary>
    [Theory]
    [InlineData(100, 400, 300)]
    [InlineData(350, 400, 350)]
    public void Clear_BuyerAllowsMoreThanTheReserve_PaysTheReserveOrTheAsk(long ask, long runnerUp, long paid)
    {
        ClearingRequest request = Request() with { Cap = Prices(1000, 1000), Reserve = Prices(300, 300) };

        Assert.Equal(new Nano(paid), Clear(request, Offer("a", "1", ask), Offer("b", "2", runnerUp)).Best!.Price.Prompt);
    }

    /// <summary>Many inputs have many tokens, but each needs a context of its own.</summary>
    [Theory]
    [InlineData(512, 1)]
    [InlineData(513, 0)]
    public void Clear_ContextOfItsOwn_IsWhatAnOfferMustHave(int context, int eligible)
    {
        ClearingRequest request = Request() with { PromptTokens = 100_000, ExpectedCompletionTokens = 0, ContextTokens = context };

        ClearingResult result = Clear(request, Offer("a", "1", 1) with { ContextTokens = 512 });

        Assert.Equal((eligible, 1 - eligible), (result.Eligible, result.Exclusions.Context));
    }

    [Fact]
    public void Clear_OffersThatCannotServe_AreCountedByReason()
    {
        ClearingRequest request = Request() with
        {
            Cap = Prices(300, 300),
            Excluded = new HashSet<string> { "tried" },
            MinimumTier = 1,
            Filter = new OfferFilter { Ignore = new HashSet<string> { "unloved" }, Quantisations = new HashSet<string> { "none" }, Features = OfferFeatures.Tools },
        };

        ClearingResult result = MarketClearing.Clear(
            request,
            [
                Row(Offer("tried", "1", 10)),
                Row(Offer("other", "unloved", 10)),
                Row(Offer("short", "2", 10) with { ContextTokens = 1099 }),
                Row(Offer("dear", "3", 301)),
                Row(Offer("busy", "4", 10) with { FreeSlots = 0 }),
                Row(Offer("good", "5", 20) with { ContextTokens = 1100 }),
                ClearingRow.Of(Offer("small", "6", 1), 4, 1, "int8", Now),
                ClearingRow.Of(Offer("low", "7", 1), 4, 0, "none", Now),
                ClearingRow.Of(Offer("away", "8", 1), 4, ClearingRow.Unreachable, "none", Now),
                Row(Offer("plain", "9", 1) with { Posted = Posted(OfferFeatures.Logprobs, 1) }),
            ]);

        Assert.Equal(new Exclusions(Price: 1, Context: 1, Busy: 1, Excluded: 2, Tier: 1, Quantisation: 1, Features: 1), result.Exclusions);
        Assert.Equal(("good", 1), (result.Best!.Offer.WorkerId, result.Eligible));
    }

    [Fact]
    public void Clear_NobodyEligible_NamesTheCheapestAndWhy()
    {
        ClearingResult result = Clear(Request() with { Cap = Prices(1, 1) }, Offer("a", "1", 1_000_000, 0), Offer("b", "2", 2_000_000, 0));

        Assert.Null(result.Best);
        Assert.Equal(new CheapestOffer(new Nano(1000), Prices(1_000_000, 0), ExclusionReason.Price), result.Cheapest);
        Assert.Null(Clear(Request()).Cheapest);
    }

    [Fact]
    public void Clear_CostsThatDifferByLessThanANano_AreToldApart()
    {
        ClearingRequest request = Request() with { PromptTokens = 1, ExpectedCompletionTokens = 1, ContextTokens = 2 };

        ClearedOffer winner = Clear(request, Offer("a", "1", 21), Offer("b", "2", 20), Offer("c", "3", 22)).Best!;

        Assert.Equal(("b", new Nano(21)), (winner.Offer.WorkerId, winner.Price.Prompt));
    }

    [Fact]
    public void Clear_AskThatNoAmountCanHold_DoesNotStopTheOthers()
    {
        Offer absurd = Offer("absurd", "1", 1) with { Ask = Prices(1, 1) with { Request = new Nano(long.MaxValue) } };

        ClearingResult result = Clear(Request(), absurd, Offer("good", "2", 20));

        Assert.Equal((1, "good"), (result.Exclusions.Price, result.Best!.Offer.WorkerId));
        Assert.Equal(new Nano(long.MaxValue), Clear(Request(), absurd).Cheapest!.Cost);
    }

    [Fact]
    public void Clear_LargestPricesThereAre_ScalesWithoutOverflow()
    {
        ClearingRequest request = Request() with { Cap = Prices(long.MaxValue, long.MaxValue) };

        ClearingResult result = Clear(request, Offer("a", "1", long.MaxValue / 3), Offer("b", "2", long.MaxValue / 3 * 2));

        Assert.Equal(new Nano(long.MaxValue / 3 * 2), result.Best!.Price.Prompt);
    }

    [Fact]
    public void Clear_EqualOffers_ShareTheJobsAndEachJobHasOneWinner()
    {
        Offer[] offers = [.. Enumerable.Range(0, 4).Select(i => Offer($"worker-{i}", $"provider-{i}", 100))];
        var wins = new Dictionary<string, int>();
        foreach (Guid job in Enumerable.Range(1, 400).Select(i => new Guid(i, 0, 0, [0, 0, 0, 0, 0, 0, 0, (byte)(i % 251)])))
        {
            string winner = Clear(Request() with { JobId = job }, offers).Best!.Offer.WorkerId;
            wins[winner] = wins.GetValueOrDefault(winner) + 1;
            Assert.Equal(winner, Clear(Request() with { JobId = job }, [.. offers.Reverse()]).Best!.Offer.WorkerId);
        }

        Assert.All(wins.Values, count => Assert.InRange(count, 60, 140));
        Assert.Equal(4, wins.Count);
    }

    [Fact]
    public void Clear_ARecordOfFailures_CostsAsMuchAsAHigherPrice()
    {
        Offer failing = Offer("failing", "1", 100) with { Settled = 60, Failed = 20 }, good = Offer("good", "2", 130);

        // 2 x 20 of 100: 0.4 more, so 100 counts as 140.
        ClearedOffer best = Clear(Request(), failing, good).Best!;

        Assert.Equal(("good", new Nano(139)), (best.Offer.WorkerId, best.Price.Prompt));
        Assert.Equal("failing", Clear(Request(), failing, good with { Ask = Prices(145, 145) }).Best!.Offer.WorkerId);
    }

    [Theory]
    [InlineData(ScoreOrder.Price, "cheap")]
    [InlineData(ScoreOrder.Latency, "quick")]
    [InlineData(ScoreOrder.Throughput, "fast")]
    public void Clear_Sort_WeighsWhatTheBuyerCaresFor(ScoreOrder sort, string winner)
    {
        ClearingRow[] rows = [Row(Offer("cheap", "1", 100)), Row(Offer("quick", "2", 120)), Row(Offer("fast", "3", 120))];
        (rows[0].Latency, rows[0].Throughput, rows[1].Throughput, rows[2].Latency) = (1024, 1024, 1024, 1024);

        Assert.Equal(winner, MarketClearing.Clear(Request() with { Filter = new OfferFilter { Sort = sort } }, rows).Best!.Offer.WorkerId);
    }

    [Fact]
    public void Clear_Able_WinsAtThePriceOfTheNextBehindIt()
    {
        Offer[] offers = [Offer("a", "1", 100), Offer("b", "2", 150), Offer("c", "3", 200)];

        ClearedOffer middle = Clear(Request() with { Able = new HashSet<string> { "2" } }, offers).Best!;
        ClearedOffer last = Clear(Request() with { Able = new HashSet<string> { "c" } }, offers).Best!;

        Assert.Equal(("b", new Nano(200)), (middle.Offer.WorkerId, middle.Price.Prompt));
        Assert.Equal(("c", new Nano(200)), (last.Offer.WorkerId, last.Price.Prompt));
    }

    [Fact]
    public void Clear_AnyBook_AgreesWithAPlainRankingAndKeepsTheRules() =>
        Gen.Select(Offers.Array[0, 40], Gen.Long[1, 2000], Gen.Long[1, 2000], Gen.Long[0, 1500]).Sample((offers, cap, reserve, prompt) =>
        {
            offers = [.. offers.DistinctBy(static offer => offer.WorkerId)];
            ClearingRequest request = Request() with { Cap = Prices(cap, cap), Reserve = Prices(reserve, reserve), PromptTokens = prompt, ContextTokens = prompt + 100 };
            ClearingResult result = Clear(request, offers);
            Offer[] able = [.. offers.Where(offer => offer.FreeSlots > 0 && offer.ContextTokens >= request.ContextTokens && offer.Ask.IsWithin(request.Cap))];
            if (result.Eligible != able.Length || result.Eligible + result.Exclusions.Total != offers.Length || result.Best is not { } best)
            {
                return able.Length == 0 && result.Best is null && result.Exclusions.Total == offers.Length;
            }

            Int128 Score(Offer offer) => MarketClearing.Cost(offer.Ask, request) * (MarketClearing.PenaltyUnit + ClearingRow.PenaltyOf(offer.Settled, offer.Failed));
            Int128[] others = [.. able.Where(offer => offer.ProviderId != best.Offer.ProviderId).Select(Score)];
            TokenPrices limit = MarketClearing.LimitOf(request);
            bool paid = best.Price.Prompt <= Nano.Max(best.Ask.Prompt, limit.Prompt) && best.Price.Completion <= Nano.Max(best.Ask.Completion, limit.Completion);
            return paid && best.Ask.IsWithin(best.Price) && best.Price.IsWithin(request.Cap)
                && best.Score == able.Min(Score) && best.Score == Score(best.Offer)
                && best.RunnerUpScore == (others.Length == 0 ? null : others.Min());
        });

    /// <summary>While the ranking stays what a winner is paid does not depend on what it asked, but for rounding: its ask in one class is an integer, and the scale is not.</summary>
    [Fact]
    public void Clear_WinnerAsksLess_IsPaidTheSame() =>
        Gen.Select(Gen.Long[1_000_000, 50_000_000], Gen.Long[1, 100], Gen.Long[1_000_000, 90_000_000]).Sample((ask, percent, above) =>
        {
            ClearingRequest request = Request() with { Cap = Prices(long.MaxValue / 4, long.MaxValue / 4) };
            Offer rival = Offer("b", "2", ask + above);
            long less = Math.Max(1, ask * percent / 100);
            Nano high = Clear(request, Offer("a", "1", ask), rival).Best!.Price.Prompt, low = Clear(request, Offer("a", "1", less), rival).Best!.Price.Prompt;
            return high == rival.Ask.Prompt && low == rival.Ask.Prompt;
        });

    /// <summary>Whoever lowers its ask never loses a job that it won, and one more rival never makes a job dearer.</summary>
    [Fact]
    public void Clear_AnyBook_IsMonotone() =>
        Gen.Select(Offers.Array[1, 30], Gen.Long[1, 100], Offers).Sample((offers, percent, newcomer) =>
        {
            offers = [.. offers.DistinctBy(static offer => offer.WorkerId)];
            if (Clear(Request(), offers).Best is not { } best)
            {
                return true;
            }

            TokenPrices cheaper = Prices(best.Ask.Prompt.Value * percent / 100, best.Ask.Completion.Value * percent / 100);
            string after = Clear(Request(), [.. offers.Select(offer => offer.WorkerId == best.Offer.WorkerId ? offer with { Ask = cheaper } : offer)]).Best!.Offer.WorkerId;
            ClearedOffer more = Clear(Request(), [.. offers, newcomer with { WorkerId = "newcomer", ProviderId = "new" }]).Best!;
            bool noDearer = more.Offer.WorkerId == "newcomer" || best.RunnerUpScore is null || MarketClearing.Cost(more.Price, Request()) <= MarketClearing.Cost(best.Price, Request());
            return after == best.Offer.WorkerId && noDearer;
        });

    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(60);

    private static ClearingResult Clear(ClearingRequest request, params Offer[] offers) => MarketClearing.Clear(request, [.. offers.Select(Row)]);

    private static ClearingRow Row(Offer offer) => ClearingRow.Of(offer, offer.FreeSlots, 1, "none", Now);

    private static PostedOffer Posted(OfferFeatures features, long price)
    {
        byte[] bytes = OfferEncoding.Encode(OfferSamples.Terms with { Features = features, Prices = Prices(price, price) });
        return PostedOffer.TryRead(bytes, new byte[PostedOffer.SignatureBytes], out PostedOffer? posted, out string? fault) ? posted : throw new InvalidOperationException(fault);
    }

    private static ClearingRequest Request() => new(JobId, 1000, 100, 1100, Prices(10_000_000, 10_000_000), new HashSet<string>());

    private static Offer Offer(string worker, string provider, long prompt, long? completion = null) =>
        new(worker, provider, "house", new string('a', 64), 4096, Prices(prompt, completion ?? prompt), 4, 4);

    private static TokenPrices Prices(long prompt, long completion) => new(new Nano(prompt), new Nano(prompt), new Nano(completion));
}
