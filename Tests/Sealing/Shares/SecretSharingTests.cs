using System.Security.Cryptography;
using CocoonOrleans.Sealing.Shares;

namespace CocoonOrleans.Tests.Sealing.Shares;

public sealed class SecretSharingTests
{
    private static readonly byte[] Secret = SHA256.HashData("the secret"u8);

    /// <summary>f(x) = 0x42 + 0x57 x + 0x01 x^2 in each byte, by hand with FIPS 197's products: 0x57 * 2 = 0xAE, 0x57 * 4 = 0x47, so 0x57 * 3 = 0xF9; 2 * 2 = 4, 3 * 3 = 5.</summary>
    [Fact]
    public void Split_GivenPolynomial_HasItsValues()
    {
        byte[] coefficients = [.. Enumerable.Repeat((byte)0x57, 32), .. Enumerable.Repeat((byte)0x01, 32)];

        var shares = SecretSharing.Split([.. Enumerable.Repeat((byte)0x42, 32)], coefficients, 3);

        Assert.Equal([0x42 ^ 0x57 ^ 1, 0x42 ^ 0xAE ^ 4, 0x42 ^ 0xF9 ^ 5], shares.Select(share => (int)share.Value[0]));
        Assert.All(shares, share => Assert.Single(share.Value.ToArray().Distinct()));
    }

    [Theory, InlineData(1, 1), InlineData(1, 3), InlineData(2, 2), InlineData(2, 3), InlineData(3, 5), InlineData(16, 16), InlineData(5, 255)]
    public void Join_AnyAsManyAsTheThreshold_GiveTheSecret(int threshold, int count)
    {
        var shares = SecretSharing.Split(Secret, threshold, count);
        var random = new Random(7);
        for (var trial = 0; trial < 40; trial++)
        {
            var chosen = shares.ToArray();
            random.Shuffle(chosen);

            Assert.Equal(Secret, Join(chosen[..threshold]));
        }

        Assert.Equal(Secret, Join(shares));
    }

    [Theory, InlineData(2, 3), InlineData(3, 5)]
    public void Join_OneFewerThanTheThreshold_GivesSomethingElse(int threshold, int count) =>
        Assert.NotEqual(Secret, Join(SecretSharing.Split(Secret, threshold, count)[..(threshold - 1)]));

    /// <summary>Shares below the threshold fit every secret: for any other one there is a polynomial through the same shares.</summary>
    [Fact]
    public void Split_OneFewerThanTheThreshold_FitsEverySecret()
    {
        var share = SecretSharing.Split(Secret, 2, 2)[0];
        for (var guess = 0; guess < 256; guess++)
        {
            byte[] other = [.. Enumerable.Repeat((byte)guess, 32)];

            // The line through (0, guess) and the share: its coefficient is their difference, since x is 1.
            byte[] coefficients = [.. share.Value.ToArray().Select(value => (byte)(value ^ guess))];

            Assert.Equal(share.Value.ToArray(), SecretSharing.Split(other, coefficients, 2)[0].Value.ToArray());
        }
    }

    [Fact]
    public void Split_Twice_GivesOtherShares() =>
        Assert.NotEqual(SecretSharing.Split(Secret, 2, 2)[0].Value.ToArray(), SecretSharing.Split(Secret, 2, 2)[0].Value.ToArray());

    [Fact]
    public void Join_ForgedShare_GivesSomethingElse()
    {
        var shares = SecretSharing.Split(Secret, 2, 3);
        var value = shares[1].Value.ToArray();
        value[31] ^= 1;

        Assert.NotEqual(Secret, Join([shares[0], new KeyShare(2, value)]));
        Assert.NotEqual(shares[1].Hash(), new KeyShare(2, value).Hash());
        Assert.NotEqual(shares[1].Hash(), new KeyShare(3, shares[1].Value).Hash());
    }

    [Theory, InlineData(0, 3), InlineData(4, 3), InlineData(1, 0), InlineData(1, 256)]
    public void Split_NumbersOutOfRange_Throws(int threshold, int count) => Assert.ThrowsAny<ArgumentException>(() => SecretSharing.Split(Secret, threshold, count));

    [Fact]
    public void Join_SameShareTwiceOrNone_Throws()
    {
        var share = SecretSharing.Split(Secret, 2, 2)[0];

        Assert.Throws<ArgumentException>(() => Join([share, share]));
        Assert.Throws<ArgumentException>(() => Join([]));
    }

    [Fact]
    public void Dispose_Share_IsZeroed()
    {
        var share = SecretSharing.Split(Secret, 1, 1)[0];

        share.Dispose();

        Assert.Equal(new byte[32], share.Value.ToArray());
        Assert.DoesNotContain(Convert.ToHexString(Secret), share.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    private static byte[] Join(IReadOnlyList<KeyShare> shares)
    {
        var secret = new byte[32];
        SecretSharing.Join(shares, secret);
        return secret;
    }
}
