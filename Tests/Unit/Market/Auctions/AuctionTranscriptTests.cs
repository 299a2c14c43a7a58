using CocoonOrleans.Market.Auctions;
using CocoonOrleans.Market.Clearing;
using CocoonOrleans.Market.Prices;
using CsCheck;

namespace CocoonOrleans.Tests.Unit.Market.Auctions;

public sealed class AuctionTranscriptTests
{
    private static readonly TokenPrices Ask = new(new(20_000_000), new(5_000_000), new(40_000_000), new(3));
    private static readonly Int128 Score = MarketClearing.Cost(Ask, 120, 300) * 1100;
    private static readonly TokenPrices Limit = new(new(50_000_000), new(50_000_000), new(90_000_000), new(10));

    private static readonly AuctionTranscript Good = new()
    {
        NetworkId = "local",
        RequestId = Guid.Parse("0198c0de-0000-7000-8000-000000000001"),
        Model = "house",
        SnapshotVersion = 5,
        Root = new byte[32],
        Offers = 9,
        PricedAt = DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_123),
        PromptTokens = 120,
        ExpectedCompletionTokens = 300,
        Cap = new(new(60_000_000), new(60_000_000), new(90_000_000), new(10)),
        Limit = Limit,
        MinimumTier = 1,
        Place = 4,
        LoadPerMille = 250,
        Ask = Ask,
        Penalty = 76,
        Score = Score,
        RunnerUpScore = Score * 3 / 2,
        Eligible = 6,
        Price = MarketClearing.PriceOf(Ask, Score, Score * 3 / 2, Limit),
    };

    public static TheoryData<string, Func<AuctionTranscript, AuctionTranscript>> Faults => new()
    {
        { "the score", transcript => transcript with { Penalty = 75 } },
        { "the score", transcript => transcript with { ExpectedCompletionTokens = 301 } },
        { "the runner-up's", transcript => transcript with { RunnerUpScore = transcript.Score - 1 } },
        { "the price", transcript => transcript with { RunnerUpScore = null } },
        { "the price", transcript => transcript with { Price = transcript.Price with { Completion = new(transcript.Price.Completion.Value + 1) } } },
        { "the ask", transcript => transcript with { Cap = Ask with { Completion = new(39_999_999) }, Limit = new(new(1), new(1), new(1), new(1)) } },
        { "competition", transcript => transcript with { Limit = transcript.Cap with { Prompt = new(60_000_001) } } },
        { "a count", transcript => transcript with { PromptTokens = -1 } },
    };

    [Fact]
    public void FindFault_Cleared_IsNone() => Assert.Null(Good.FindFault());

    [Theory, MemberData(nameof(Faults))]
    public void FindFault_AnythingChanged_IsSeen(string fault, Func<AuctionTranscript, AuctionTranscript> change) => Assert.StartsWith(fault, change(Good).FindFault(), StringComparison.Ordinal);

    [Fact]
    public void TryDecode_Encoded_IsTheSameAndNothingElseIs()
    {
        byte[] bytes = Good.Encode();

        Assert.True(AuctionTranscript.TryDecode(bytes, out AuctionTranscript? read));
        Assert.Equal((Good.Score, Good.RunnerUpScore, Good.Price, Good.PricedAt), (read.Score, read.RunnerUpScore, read.Price, read.PricedAt));
        Assert.True(AuctionTranscript.TryDecode((Good with { RunnerUpScore = null }).Encode(), out _));
        Assert.False(AuctionTranscript.TryDecode((byte[])[.. bytes, 0], out _));
        Gen.Byte.Array[0, 400].Sample(any => !AuctionTranscript.TryDecode(any, out _));
    }
}
