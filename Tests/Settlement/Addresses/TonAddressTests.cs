using CocoonOrleans.Tests.Settlement.Vectors;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Wallets;

namespace CocoonOrleans.Tests.Settlement.Addresses;

public sealed class TonAddressTests
{
    private const string Raw = "0:4242424242424242424242424242424242424242424242424242424242424242";

    public static TheoryData<string> Names => [.. GoldenVectors.All.Addresses.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Address_MadeHere_HasTheirForms(string name)
    {
        var expected = GoldenVectors.All.Addresses[name];
        TonAddress address = name switch
        {
            "v4" => Sample.WalletV4.Address,
            "v5Mainnet" => Sample.WalletV5.Address,
            "v5Testnet" => new WalletV5R1(Sample.PayerKey.PublicKey, TonNetwork.Testnet).Address,
            "v5Development" => new WalletV5R1(Sample.PayerKey.PublicKey, TonNetwork.Development).Address,
            "channel" => Sample.Terms.Address,
            "registry" => SampleCells.RegistryInit().AddressIn(),
            "masterchain" => new TonAddress(-1, Sample.Filled(0x33)),
            _ => throw new InvalidOperationException(name),
        };

        Assert.Equal(expected.Raw, address.ToString());
        Assert.Equal(expected.Bounceable, address.ToFriendlyString());
        Assert.Equal(expected.NonBounceable, address.ToFriendlyString(bounceable: false));
        Assert.Equal(expected.TestOnly, address.ToFriendlyString(testOnly: true));
        Assert.Equal(expected.Base64, address.ToFriendlyString(urlSafe: false));
    }

    [Theory, MemberData(nameof(Names))]
    public void Parse_OfTheirForms_IsTheAddress(string name)
    {
        var theirs = GoldenVectors.All.Addresses[name];
        TonAddress address = TonAddress.ParseRaw(theirs.Raw);

        Assert.Equal(new FriendlyAddress(address, Bounceable: true, TestOnly: false), TonAddress.ParseFriendly(theirs.Bounceable));
        Assert.Equal(new FriendlyAddress(address, Bounceable: false, TestOnly: false), TonAddress.ParseFriendly(theirs.NonBounceable));
        Assert.Equal(new FriendlyAddress(address, Bounceable: true, TestOnly: true), TonAddress.ParseFriendly(theirs.TestOnly));
        Assert.Equal(address, TonAddress.Parse(theirs.Base64, TonNetwork.Mainnet));
    }

    [Fact]
    public void Parse_TestOnlyOnMainnet_IsRefused()
    {
        string testOnly = Sample.Address.ToFriendlyString(testOnly: true);

        Assert.Equal("payout", Assert.Throws<TonFormatException>(() => TonAddress.Parse(testOnly, TonNetwork.Mainnet, "payout")).Field);
        Assert.Equal(Sample.Address, TonAddress.Parse(testOnly, TonNetwork.Testnet));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("EQ")]
    [InlineData("0:")]
    [InlineData("0:42")]
    [InlineData(":" + "4242424242424242424242424242424242424242424242424242424242424242")]
    [InlineData("1:" + "4242424242424242424242424242424242424242424242424242424242424242")]
    [InlineData("256:" + "4242424242424242424242424242424242424242424242424242424242424242")]
    [InlineData(Raw + ":0")]
    [InlineData(Raw + "0")]
    [InlineData("0:xx42424242424242424242424242424242424242424242424242424242424242ff")]
    public void Parse_OtherText_IsRefused(string? text) =>
        Assert.Equal("address", Assert.Throws<TonFormatException>(() => TonAddress.Parse(text, TonNetwork.Mainnet)).Field);

    [Fact]
    public void ParseFriendly_AnyLetterChanged_IsRefused()
    {
        string text = Sample.Address.ToFriendlyString();
        for (int i = 0; i < text.Length; i++)
        {
            string changed = text[..i] + (text[i] == 'A' ? 'B' : 'A') + text[(i + 1)..];

            Assert.Throws<TonFormatException>(() => TonAddress.ParseFriendly(changed));
        }
    }

    [Fact]
    public void ParseFriendly_RightSumButOtherTagOrWorkchain_IsRefused()
    {
        string tag = WithSum(bytes => bytes[0] = 0x12);
        string workchain = WithSum(bytes => bytes[1] = 5);

        Assert.Contains("first byte", Assert.Throws<TonFormatException>(() => TonAddress.ParseFriendly(tag)).Message);
        Assert.Contains("workchain", Assert.Throws<TonFormatException>(() => TonAddress.ParseFriendly(workchain)).Message);
    }

    /// <summary>A friendly address with a byte changed and the check sum made to fit, bit by bit as CRC-16/XMODEM is defined.</summary>
    private static string WithSum(Action<byte[]> change)
    {
        byte[] bytes = Convert.FromBase64String(Sample.Address.ToFriendlyString(urlSafe: false));
        change(bytes);
        int remainder = 0;
        foreach (bool bit in bytes[..34].Concat(new byte[2]).SelectMany(value => Enumerable.Range(0, 8).Select(i => (value & (0x80 >> i)) != 0)))
        {
            remainder = (remainder << 1) | (bit ? 1 : 0);
            remainder = (remainder & 0x10000) != 0 ? remainder ^ 0x11021 : remainder;
        }

        (bytes[34], bytes[35]) = ((byte)(remainder >> 8), (byte)(remainder & 0xff));
        return Convert.ToBase64String(bytes);
    }
}
