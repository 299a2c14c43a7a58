using CocoonOrleans.Sealing.Hpke;

namespace CocoonOrleans.Tests.Sealing.Hpke;

/// <summary>What is not a valid key, encapsulation or message is refused without an exception.</summary>
public sealed class HpkeRefusalTests
{
    private static readonly byte[] Generator = Convert.FromHexString(
        "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5");

    /// <summary>P-256 points that are none, by what is wrong with them.</summary>
    public static TheoryData<string, byte[]> BadPoints => new()
    {
        { "empty", [] },
        { "infinity", [0] },
        { "compressed", [2, .. Generator.AsSpan(1, 32)] },
        { "hybrid form", [6, .. Generator.AsSpan(1)] },
        { "a byte short", Generator[..^1] },
        { "a byte long", [.. Generator, 0] },
        { "off the curve", [.. Generator[..^1], (byte)(Generator[^1] ^ 1)] },
        { "all zeros", [4, .. new byte[64]] },
        { "coordinates above the prime", [4, .. Enumerable.Repeat((byte)0xff, 64)] },
    };

    /// <summary>X25519 keys of low order (RFC 7748, section 6.1; the points are listed by Bernstein, cr.yp.to/ecdh.html), and wrong lengths.</summary>
    public static TheoryData<string> BadX25519Keys =>
    [
        "",
        new string('0', 64),
        "01" + new string('0', 62),
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "09" + new string('0', 60),
        "09" + new string('0', 64),
    ];

    [Theory, MemberData(nameof(BadPoints))]
    public void P256_BadPoint_IsRefused(string what, byte[] point)
    {
        Assert.False(Encapsulates(Kem.P256, point), what);
        Assert.False(Decapsulates(Kem.P256, point), what);
    }

    /// <summary>The point with x = 5 exists; its coordinate written as x + p fits 32 bytes too, and OpenSSL would reduce it.</summary>
    [Fact]
    public void P256_CoordinateNotReduced_IsRefused()
    {
        var y = Convert.FromHexString("459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc");
        byte[] reduced = [4, .. new byte[31], 5, .. y];
        byte[] unreduced = [4, .. Convert.FromHexString("ffffffff00000001000000000000000000000001000000000000000000000004"), .. y];

        Assert.True(Decapsulates(Kem.P256, reduced));
        Assert.False(Decapsulates(Kem.P256, unreduced));
    }

    [Theory, MemberData(nameof(BadX25519Keys))]
    public void X25519_BadKey_IsRefused(string key)
    {
        Assert.False(Encapsulates(Kem.X25519, Convert.FromHexString(key)));
        Assert.False(Decapsulates(Kem.X25519, Convert.FromHexString(key)));
    }

    [Theory]
    [InlineData(SealingSuite.P256)]
    [InlineData(SealingSuite.X25519)]
    public void Decapsulation_OnceTheKeyIsDisposed_IsRefused(SealingSuite suite)
    {
        var kem = HpkeSuite.Of(suite)!.Kem;
        using var key = kem.Generate();
        var (encapsulation, secret) = (new byte[kem.PublicKeyBytes], new byte[Kem.SecretBytes]);
        Assert.True(kem.TryEncapsulate(key.PublicKey, encapsulation, secret));
        Assert.True(kem.TryDecapsulate(key, encapsulation, secret));

        key.Dispose();

        Assert.False(kem.TryDecapsulate(key, encapsulation, secret));
    }

    [Theory]
    [InlineData(SealingSuite.P256)]
    [InlineData(SealingSuite.X25519)]
    public void Message_WithAnyByteChanged_IsNotOpened(SealingSuite number)
    {
        var suite = HpkeSuite.Of(number)!;
        using var key = suite.Kem.Generate();
        var encapsulation = new byte[suite.Kem.PublicKeyBytes];
        using var sender = HpkeContext.TrySetupSender(suite, key.PublicKey, "info"u8, encapsulation)!;
        using var recipient = HpkeContext.TrySetupRecipient(suite, key, encapsulation, "info"u8)!;
        var sealedText = new byte[8 + AeadKey.TagBytes];
        var plaintext = new byte[8];
        sender.Seal("aad"u8, "a secret"u8, sealedText);

        for (var i = 0; i < sealedText.Length; i++)
        {
            sealedText[i] ^= 1;
            Assert.False(recipient.TryOpen("aad"u8, sealedText, plaintext));
            Assert.Equal(new byte[8], plaintext);
            sealedText[i] ^= 1;
        }

        Assert.False(recipient.TryOpen("aae"u8, sealedText, plaintext));
        Assert.False(recipient.TryOpen("aad"u8, sealedText.AsSpan(0, AeadKey.TagBytes - 1), plaintext.AsSpan(0, 0)));
        Assert.True(recipient.TryOpen("aad"u8, sealedText, plaintext));
        Assert.Equal("a secret"u8, plaintext);
    }

    [Fact]
    public void Suite_OfAnUnknownNumber_IsNone() => Assert.Null(HpkeSuite.Of((SealingSuite)3));

    private static bool Encapsulates(Kem kem, byte[] publicKey) =>
        kem.TryEncapsulate(publicKey, new byte[kem.PublicKeyBytes], new byte[Kem.SecretBytes]);

    private static bool Decapsulates(Kem kem, byte[] encapsulation)
    {
        using var key = kem.Generate();
        return kem.TryDecapsulate(key, encapsulation, new byte[Kem.SecretBytes]);
    }
}
