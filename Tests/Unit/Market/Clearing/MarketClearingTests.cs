using CocoonOrleans.Market;
using CocoonOrleans.Market.Clearing;
using CocoonOrleans.Market.Offers;
using CocoonOrleans.Market.Prices;
using CsCheck;

namespace CocoonOrleans.Tests.Unit.Market.Clearing;

public sealed class MarketClearingTests
{
    private static readonly Guid JobId = Guid.Parse("0198c0de-0000-7000-8000-000000000001");

    private static readonly Gen<Offer> Offers = Gen.Select(
        Gen.Int[0, 30], Gen.Int[0, 5], Gen.Long[0, 2000], Gen.Long[0, 2000], Gen.Int[0, 3], Gen.Int[100, 5000],
        (worker, provider, prompt, completion, free, context) =>
            Offer($"worker-{worker}", $"provider-{provider}", prompt, completion) with { FreeSlots = free, ContextTokens = context });

    [Fact]
    public void Clear_SeveralOffers_RanksByCost()
    {
        ClearingResult result = MarketClearing.Clear(Request(), [Offer("b", "2", 200), Offer("a", "1", 100), Offer("c", "3", 300)]);

        Assert.Equal(["a", "b", "c"], result.Ranked.Select(cleared => cleared.Offer.WorkerId));
    }

    [Fact]
    public void Clear_RunnerUpOfAnotherProvider_SetsThePrice()
    {
        ClearingResult result = MarketClearing.Clear(Request(), [Offer("a", "1", 100), Offer("b", "2", 150)]);

        Assert.Equal(new Nano(150), result.Ranked[0].Price.Prompt);
    }

    [Fact]
    public void Clear_RunnerUpOfTheSameProvider_DoesNotSetThePrice()
    {
        ClearingResult result = MarketClearing.Clear(Request(), [Offer("a", "1", 100), Offer("b", "1", 150), Offer("c", "2", 180)]);

        Assert.Equal(new Nano(180), result.Ranked[0].Price.Prompt);
    }

    [Fact]
    public void Clear_NoOtherProvider_PaysTheOwnAsk()
    {
        ClearingResult result = MarketClearing.Clear(Request(), [Offer("a", "1", 100), Offer("b", "1", 150)]);

        Assert.Equal([new Nano(100), new Nano(150)], result.Ranked.Select(cleared => cleared.Price.Prompt));
    }

    [Fact]
    public void Clear_RunnerUpMuchDearer_IsPaidAtMostTheCap()
    {
        ClearingRequest request = Request() with { Cap = Prices(500, 500) };

        Assert.Equal(new Nano(500), MarketClearing.Clear(request, [Offer("a", "1", 1, 400), Offer("b", "2", 500, 500)]).Ranked[0].Price.Completion);
    }

    /// <summary>Many inputs have many tokens, but each needs a context of its own.</summary>
    [Theory]
    [InlineData(512, 1)]
    [InlineData(513, 0)]
    public void Clear_ContextOfItsOwn_IsWhatAnOfferMustHave(int context, int ranked)
    {
        ClearingRequest request = Request() with { PromptTokens = 100_000, ExpectedCompletionTokens = 0, ContextTokens = context };

        ClearingResult result = MarketClearing.Clear(request, [Offer("a", "1", 1) with { ContextTokens = 512 }]);

        Assert.Equal((ranked, 1 - ranked), (result.Ranked.Count, result.Exclusions.Context));
    }

    [Fact]
    public void Clear_OffersThatCannotServe_AreCountedByReason()
    {
        ClearingRequest request = Request() with { Cap = Prices(300, 300), Excluded = new HashSet<string> { "tried" } };

        ClearingResult result = MarketClearing.Clear(
            request,
            [
                Offer("tried", "1", 10),
                Offer("short", "2", 10) with { ContextTokens = 1099 },
                Offer("dear", "3", 301),
                Offer("busy", "4", 10) with { FreeSlots = 0 },
                Offer("good", "5", 20) with { ContextTokens = 1100 },
            ]);

        Assert.Equal(new Exclusions(Price: 1, Context: 1, Busy: 1, Excluded: 1), result.Exclusions);
        Assert.Equal("good", Assert.Single(result.Ranked).Offer.WorkerId);
    }

    [Fact]
    public void Clear_NobodyEligible_NamesTheCheapestCost()
    {
        ClearingResult result = MarketClearing.Clear(Request() with { Cap = Prices(1, 1) }, [Offer("a", "1", 1_000_000, 0), Offer("b", "2", 2_000_000, 0)]);

        Assert.Empty(result.Ranked);
        Assert.Equal(new Nano(1000), result.CheapestCost);
        Assert.Null(MarketClearing.Clear(Request(), []).CheapestCost);
    }

    [Fact]
    public void Clear_CostsThatDifferByLessThanANano_AreToldApart()
    {
        ClearingRequest request = Request() with { PromptTokens = 1, ExpectedCompletionTokens = 1, ContextTokens = 2 };

        ClearedOffer winner = MarketClearing.Clear(request, [Offer("a", "1", 21), Offer("b", "2", 20), Offer("c", "3", 22)]).Ranked[0];

        Assert.Equal(("b", new Nano(21)), (winner.Offer.WorkerId, winner.Price.Prompt));
    }

    [Fact]
    public void Clear_AskThatNoAmountCanHold_DoesNotStopTheOthers()
    {
        Offer absurd = Offer("absurd", "1", 1) with { Ask = Prices(1, 1) with { Request = new Nano(long.MaxValue) } };

        ClearingResult result = MarketClearing.Clear(Request(), [absurd, Offer("good", "2", 20)]);

        Assert.Equal(1, result.Exclusions.Price);
        Assert.Equal("good", Assert.Single(result.Ranked).Offer.WorkerId);
        Assert.Equal(new Nano(long.MaxValue), MarketClearing.Clear(Request(), [absurd]).CheapestCost);
    }

    [Fact]
    public void Clear_LargestPricesThereAre_ScalesWithoutOverflow()
    {
        ClearingRequest request = Request() with { Cap = Prices(long.MaxValue, long.MaxValue) };

        ClearingResult result = MarketClearing.Clear(request, [Offer("a", "1", long.MaxValue / 3), Offer("b", "2", long.MaxValue / 3 * 2)]);

        Assert.Equal(new Nano(long.MaxValue / 3 * 2), result.Ranked[0].Price.Prompt);
    }

    [Fact]
    public void Clear_EqualOffers_ShareTheJobsAndEachJobHasOneWinner()
    {
        Offer[] offers = [.. Enumerable.Range(0, 4).Select(i => Offer($"worker-{i}", $"provider-{i}", 100))];
        var wins = new Dictionary<string, int>();
        foreach (Guid job in Enumerable.Range(1, 400).Select(i => new Guid(i, 0, 0, [0, 0, 0, 0, 0, 0, 0, (byte)(i % 251)])))
        {
            string winner = MarketClearing.Clear(Request() with { JobId = job }, offers).Ranked[0].Offer.WorkerId;
            wins[winner] = wins.GetValueOrDefault(winner) + 1;
            Assert.Equal(winner, MarketClearing.Clear(Request() with { JobId = job }, [.. offers.Reverse()]).Ranked[0].Offer.WorkerId);
        }

        Assert.All(wins.Values, count => Assert.InRange(count, 60, 140));
        Assert.Equal(4, wins.Count);
    }

    [Fact]
    public void Clear_AnyBook_PaysAtLeastTheAskAtMostTheCapAndCountsEveryOffer() =>
        Gen.Select(Offers.Array[0, 40], Gen.Long[1, 2000], Gen.Long[0, 1500]).Sample((offers, cap, prompt) =>
        {
            ClearingRequest request = Request() with { Cap = Prices(cap, cap), PromptTokens = prompt, ContextTokens = prompt + 100 };
            ClearingResult result = MarketClearing.Clear(request, offers);
            return result.Ranked.Count + result.Exclusions.Total == offers.Length
                && result.Ranked.All(cleared => cleared.Offer.Ask.IsWithin(cleared.Price) && cleared.Price.IsWithin(request.Cap))
                && result.Ranked.Zip(result.Ranked.Skip(1)).All(pair => pair.First.Cost <= pair.Second.Cost);
        });

    private static ClearingRequest Request() => new(JobId, 1000, 100, 1100, Prices(10_000_000, 10_000_000), new HashSet<string>());

    private static Offer Offer(string worker, string provider, long prompt, long? completion = null) =>
        new(worker, provider, "house", new string('a', 64), 4096, Prices(prompt, completion ?? prompt), 4, 4);

    private static TokenPrices Prices(long prompt, long completion) => new(new Nano(prompt), new Nano(prompt), new Nano(completion));
}
