using CocoonOrleans.Market.Auctions;
using CocoonOrleans.Market.Offers;
using CocoonOrleans.Market.Prices;
using CsCheck;

namespace CocoonOrleans.Tests.Unit.Market.Auctions;

public sealed class OfferTreeTests
{
    [Fact]
    public void Proves_AnyPlaceOfAnyTree_AndNoOther() => Gen.Select(Gen.Int[1, 70], Gen.Int[0, 69], Gen.Int[0, 69]).Sample((count, place, other) =>
    {
        Offer[] offers = [.. Enumerable.Range(0, count).Select(Offer)];
        OfferTree tree = OfferTree.Of(offers);
        (place, other) = (place % count, other % count);
        byte[] leaf = Leaf(offers[place]);
        return OfferTree.Proves(leaf, place, count, tree.Prove(place), tree.Root.Span)
            && (other == place || !OfferTree.Proves(leaf, other, count, tree.Prove(other), tree.Root.Span))
            && !OfferTree.Proves(leaf, place, count, [.. tree.Prove(place), new byte[32]], tree.Root.Span);
    });

    [Fact]
    public void Of_NoOffers_HasARootOfZeros() => Assert.Equal((0, new string('0', 64)), (OfferTree.Of([]).Count, Convert.ToHexString(OfferTree.Of([]).Root.Span)));

    [Fact]
    public void Leaf_Decoded_IsTheSame()
    {
        byte[] bytes = OfferLeaf.Of(Offer(3)).Encode();

        Assert.True(OfferLeaf.TryDecode(bytes, out OfferLeaf? leaf));
        Assert.Equal(bytes, leaf.Encode());
        Assert.False(OfferLeaf.TryDecode((byte[])[.. bytes, 0], out _));
        Assert.All(Enumerable.Range(0, bytes.Length), length => Assert.False(OfferLeaf.TryDecode(bytes.AsMemory(0, length), out _)));
    }

    private static byte[] Leaf(Offer offer) => OfferLeaf.HashOf(OfferLeaf.Of(offer).Encode());

    private static Offer Offer(int number) => new($"worker-{number}", "provider", "house", new string('a', 64), 4096, new TokenPrices(new(number), new(1), new(2)), 4, 4, null, number, 1);
}
