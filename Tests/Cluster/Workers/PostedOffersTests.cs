using CocoonOrleans.Grains.Workers;
using CocoonOrleans.Market.Offers;
using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Tests.Cluster.Workers;

public sealed class PostedOffersTests
{
    private const string Model = "house";

    private static readonly string Worker = new('a', 64);
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
    private static readonly WorkerRegistration Registered = new(
        "gateway", Guid.NewGuid(), Guid.NewGuid(), "desk", "anna", "native", [new ServedModel(Model, Sample.Manifest, 4096, 4, new TokenPrices(new(1), new(1), new(2)))]);

    private readonly PostedOffers _offers = new();

    public static TheoryData<string, Func<OfferTerms, OfferTerms>> Faults => new()
    {
        { OfferRefusalCodes.Malformed, terms => terms with { Model = "" } },
        { OfferRefusalCodes.OtherWorker, terms => terms with { WorkerId = new string('b', 64) } },
        { OfferRefusalCodes.NotServed, terms => terms with { Model = "mansion" } },
        { OfferRefusalCodes.NotServed, terms => terms with { Slots = 5 } },
        { OfferRefusalCodes.NotServed, terms => terms with { ContextTokens = 4097 } },
        { OfferRefusalCodes.Expired, terms => terms with { Issued = Start.AddSeconds(-60), Expires = Start } },
        { OfferRefusalCodes.Expired, terms => terms with { Issued = Start.AddSeconds(61), Expires = Start.AddSeconds(121) } },
    };

    [Theory, MemberData(nameof(Faults))]
    public void Post_OfferThatIsNoGood_HasItsCode(string code, Func<OfferTerms, OfferTerms> change)
    {
        Assert.Equal(code, Post(change(Terms(1)), Start).Code);
        Assert.False(_offers.TryFind(Model, Start, out _));
    }

    [Fact]
    public void Post_GoodOffer_StandsUntilItExpires()
    {
        Assert.Null(Post(Terms(1), Start).Code);

        Assert.True(_offers.TryFind(Model, Start.AddSeconds(59), out PostedOffer? standing));
        Assert.Equal(1, standing!.Terms.Serial);
        Assert.True(_offers.TryFind(Model, Start.AddSeconds(60), out PostedOffer? expired));
        Assert.Null(expired);
    }

    [Fact]
    public void Post_SameOfferThroughTwoGateways_IsTakenTwice()
    {
        Post(Terms(1), Start);

        Assert.Null(Post(Terms(1), Start).Code);
    }

    [Fact]
    public void Post_OlderOrOtherOfferOfTheSerial_IsStale()
    {
        Post(Terms(2), Start);

        Assert.Equal(OfferRefusalCodes.Stale, Post(Terms(1), Start).Code);
        Assert.Equal(OfferRefusalCodes.Stale, Post(Terms(2) with { Slots = 3 }, Start).Code);
    }

    [Fact]
    public void Post_TermsChangeTwiceWithinTenSeconds_IsFlapping()
    {
        Post(Terms(1), Start);

        Assert.Equal(OfferRefusalCodes.Flapping, Post(Terms(2) with { Slots = 3 }, Start.AddSeconds(9)).Code);
        Assert.True(_offers.TryFind(Model, Start.AddSeconds(9), out PostedOffer? before));
        Assert.Equal(4, before!.Terms.Slots);

        Assert.Null(Post(Terms(3) with { Slots = 3 }, Start.AddSeconds(10)).Code);
        Assert.Equal(OfferRefusalCodes.Flapping, Post(Terms(4), Start.AddSeconds(19)).Code);
    }

    [Fact]
    public void Post_OnlyRenewed_IsNoChange()
    {
        Post(Terms(1), Start);

        Assert.Null(Post(Terms(2) with { Issued = Start.AddSeconds(1), Expires = Start.AddSeconds(61) }, Start.AddSeconds(1)).Code);
    }

    private OfferDecision Post(OfferTerms terms, DateTimeOffset now) =>
        _offers.Post(Worker, new OfferBytes(OfferEncoding.Encode(terms), new byte[PostedOffer.SignatureBytes]), Registered, now);

    private static OfferTerms Terms(long serial) => new()
    {
        NetworkId = "local",
        WorkerId = Worker,
        Serial = serial,
        Issued = Start,
        Expires = Start.AddSeconds(60),
        Model = Model,
        ManifestSha256 = Sample.Manifest,
        Quantisation = "none",
        Tier = 1,
        Prices = new TokenPrices(new(10), new(5), new(20)),
        Slots = 4,
        ContextTokens = 4096,
    };
}
