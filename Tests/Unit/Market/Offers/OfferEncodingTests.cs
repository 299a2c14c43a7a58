using CocoonOrleans.Market.Offers;
using CocoonOrleans.Market.Prices;
using CsCheck;

namespace CocoonOrleans.Tests.Unit.Market.Offers;

public sealed class OfferEncodingTests
{
    private static readonly byte[] Bytes = OfferEncoding.Encode(OfferSamples.Terms);

    [Fact]
    public void TryDecode_Encoded_IsTheSame()
    {
        OfferTerms withCoefficient = OfferSamples.Terms with { Coefficient = 1500, Prices = CocoonFormula.PricesOf(1500) };

        Assert.True(OfferEncoding.TryDecode(Bytes, out OfferTerms? terms, out _));
        Assert.True(OfferEncoding.TryDecode(OfferEncoding.Encode(withCoefficient), out OfferTerms? other, out _));

        Assert.Equivalent(OfferSamples.Terms, terms);
        Assert.Equal(1500, other.Coefficient);
    }

    /// <summary>The bytes are what is signed: they must not change by accident.</summary>
    [Fact]
    public void Encode_Sample_IsWhatTheProtocolSays() => Assert.Equal(
        "b2" + "0001" + "01656c6f63616c" + "025820" + new string('a', 64) + "0307" + "04821a6b49d2001a6b49d23c" + "0565686f757365" + "065820" + new string('b', 64) + "07646e6f6e65" + "0801"
        + "09841a01312d001a004c4b401a02625a0003" + "0a83820019032082" + "1901f41903e8821903e81907d0" + "0b828400190168187f1901f484001905a018601902bc" + "0c821901f41905dc" + "0d04" + "0e191000"
        + "0f82686c6f6770726f627365746f6f6c73" + "10626575" + "11f4", Convert.ToHexStringLower(Bytes));

    [Fact]
    public void TryDecode_AnyChangedByte_IsRefusedOrSaysSomethingElse() => Gen.Select(Gen.Int[0, Bytes.Length - 1], Gen.Byte[1, 255]).Sample((place, flip) =>
    {
        byte[] changed = [.. Bytes];
        changed[place] ^= flip;
        return !OfferEncoding.TryDecode(changed, out OfferTerms? terms, out string? fault) ? fault.Length > 0 : OfferEncoding.Encode(terms).AsSpan().SequenceEqual(changed);
    });

    [Fact]
    public void TryDecode_AnyBytes_NeverThrows() => Gen.Byte.Array[0, 300].Sample(bytes => !OfferEncoding.TryDecode(bytes, out _, out string? fault) && fault.Length > 0);

    [Fact]
    public void TryDecode_BytesBehindTheEnd_AreRefused() => Assert.False(OfferEncoding.TryDecode((byte[])[.. Bytes, 0], out _, out _));

    [Fact]
    public void TryDecode_CutAnywhere_IsRefused() => Assert.All(Enumerable.Range(0, Bytes.Length), length => Assert.False(OfferEncoding.TryDecode(Bytes.AsMemory(0, length), out _, out _)));
}
