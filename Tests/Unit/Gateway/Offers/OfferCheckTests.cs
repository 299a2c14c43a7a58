using CocoonOrleans.Gateway.Offers;
using CocoonOrleans.Grains.Models;
using CocoonOrleans.Market.Offers;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Sealing.Offers;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tests.Unit.Market.Offers;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Tests.Unit.Gateway.Offers;

public sealed class OfferCheckTests : IDisposable
{
    private static readonly OfferTerms Good = OfferSamples.Terms;

    private static readonly CatalogModel Model = new(
        "house", Good.ManifestSha256, new string('c', 64), 4096, 100, new TokenPrices(new(40_000_000), new(40_000_000), new(80_000_000)), DateTimeOffset.UnixEpoch);

    private readonly ReceiptKey _key = new();

    public static TheoryData<string, Func<OfferTerms, OfferTerms>> Faults => new()
    {
        { OfferRefusalCodes.Malformed, terms => terms with { Slots = 0 } },
        { OfferRefusalCodes.OtherWorker, terms => terms with { WorkerId = new string('f', 64) } },
        { OfferRefusalCodes.OtherWorker, terms => terms with { NetworkId = "other" } },
        { OfferRefusalCodes.NotServed, terms => terms with { Model = "mansion" } },
        { OfferRefusalCodes.NotServed, terms => terms with { Quantisation = "int8" } },
        { OfferRefusalCodes.NotServed, terms => terms with { Tier = 2 } },
        { OfferRefusalCodes.Skewed, terms => terms with { Prices = new TokenPrices(new(10), new(10), new(81)) } },
        { OfferRefusalCodes.Skewed, terms => terms with { Prices = new TokenPrices(new(100), new(100), new(49)) } },
    };

    [Fact]
    public void FindFault_GoodOffer_IsNone() => Assert.Null(Check(Sign(Good)));

    [Theory, MemberData(nameof(Faults))]
    public void FindFault_OfferThatDisagrees_HasItsCode(string code, Func<OfferTerms, OfferTerms> change) => Assert.Equal(code, Check(Sign(change(Good)))!.Code);

    [Fact]
    public void FindFault_AnotherKey_IsRefused()
    {
        using var other = new ReceiptKey();
        byte[] bytes = OfferEncoding.Encode(Good);

        Assert.Equal(OfferRefusalCodes.Signature, Check(new SignedOffer(bytes, OfferSignature.Sign(bytes, other)))!.Code);
    }

    [Fact]
    public void FindFault_ChangedByte_IsRefused()
    {
        SignedOffer signed = Sign(Good);
        signed.Offer[^1] ^= 1;

        Assert.NotNull(Check(signed));
    }

    public void Dispose() => _key.Dispose();

    private SignedOffer Sign(OfferTerms terms)
    {
        byte[] bytes = OfferEncoding.Encode(terms);
        return new SignedOffer(bytes, OfferSignature.Sign(bytes, _key));
    }

    private OfferVerdict? Check(SignedOffer signed)
    {
        var statement = new Statement
        {
            NetworkId = "local",
            Role = StatementRole.Worker,
            Tier = TrustTier.Open,
            BootId = new byte[16],
            Epoch = 1,
            NotBefore = Good.Issued,
            Expires = Good.Expires,
            Keys = [],
            ReceiptKey = _key.PublicKey,
            TunnelKeySha256 = default,
            Models = [],
            EngineVersion = "1",
            Quantisation = "none",
        };
        return OfferCheck.FindFault(
            signed,
            Good.WorkerId,
            statement,
            [new ModelOffer("house", Good.ManifestSha256, new string('c', 64), 4096, 4, new OfferedPrices(1, 1, 1))],
            new Dictionary<string, CatalogModel> { ["house"] = Model });
    }
}
