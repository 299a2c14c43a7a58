using CocoonOrleans.Market;
using CocoonOrleans.Tests.Settlement.Vectors;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Tests.Settlement.Vouchers;

public sealed class VoucherTests
{
    [Fact]
    public void Sign_WithTheirKeys_GivesTheirSignatures()
    {
        Assert.Equal(GoldenVectors.All.Keys["payer"], Sample.PayerKey.PublicKey.ToString());
        Assert.Equal(GoldenVectors.All.Signatures["voucher"], Sample.Voucher.Sign(Sample.PayerKey).Signature.ToString());
        Assert.Equal(GoldenVectors.All.Signatures["close"], Sample.Close.Sign(Sample.PayeeKey).ToString());
    }

    [Fact]
    public void IsSignedBy_AnyOtherKeyOrContent_IsFalse()
    {
        SignedVoucher signed = Sample.Voucher.Sign(Sample.PayerKey);

        Assert.True(signed.IsSignedBy(Sample.PayerKey.PublicKey));
        Assert.False(signed.IsSignedBy(Sample.PayeeKey.PublicKey));
        Assert.False((signed with { Voucher = signed.Voucher with { Serial = 11 } }).IsSignedBy(Sample.PayerKey.PublicKey));
        Assert.False((signed with { Voucher = signed.Voucher with { Network = TonNetwork.Testnet } }).IsSignedBy(Sample.PayerKey.PublicKey));
        Assert.False((signed with { Signature = new Signature(signed.Signature.Second, signed.Signature.First) }).IsSignedBy(Sample.PayerKey.PublicKey));
        Assert.False(signed.IsSignedBy(new PublicKey(Sample.Filled(0xff))), "no point of the curve");
        Assert.False(signed.IsSignedBy(new PublicKey(default)));
    }

    [Fact]
    public void Parse_OfToBytes_IsTheVoucher()
    {
        SignedVoucher oneCoin = (Sample.Voucher with { Cumulative = Nano.FromCoins(1) }).Sign(Sample.PayerKey);
        SignedVoucher most = (Sample.Voucher with { Cumulative = new Nano(long.MaxValue), Serial = ulong.MaxValue }).Sign(Sample.PayerKey);

        Assert.Equal(107 + 64, oneCoin.ToBytes().Length);
        Assert.Equal(oneCoin, SignedVoucher.Parse(oneCoin.ToBytes()));
        Assert.Equal(most, SignedVoucher.Parse(most.ToBytes()));
    }

    [Fact]
    public void Parse_AnyByteChangedOrMissing_IsRefusedOrAnotherSignature()
    {
        SignedVoucher signed = Sample.Voucher.Sign(Sample.PayerKey);
        byte[] bytes = signed.ToBytes();
        for (int i = 0; i < bytes.Length; i++)
        {
            byte[] changed = [.. bytes];
            changed[i] ^= 1;

            if (i < bytes.Length - Signature.Length)
            {
                Assert.Throws<TonFormatException>(() => SignedVoucher.Parse(changed));
            }
            else
            {
                Assert.False(SignedVoucher.Parse(changed).IsSignedBy(Sample.PayerKey.PublicKey));
            }

            Assert.Throws<TonFormatException>(() => SignedVoucher.Parse(bytes.AsSpan(0, i)));
        }
    }

    /// <summary>One voucher has one form: two that mean the same and differ in bytes would be two serials in somebody's book.</summary>
    [Fact]
    public void Parse_SameCellInAnotherForm_IsRefused()
    {
        SignedVoucher signed = Sample.Voucher.Sign(Sample.PayerKey);
        byte[] plain = [.. Boc.Write(signed.Voucher.ToCell(), BocForm.Plain), .. signed.Signature.ToArray()];

        Assert.Equal("voucher", Assert.Throws<TonFormatException>(() => SignedVoucher.Parse(plain)).Field);
    }

    [Theory]
    [InlineData("voucher.tag", 0x5e7d0002u, 0u, 0)]
    [InlineData("voucher.valid until", 0x5e7d0001u, 1u, 0)]
    [InlineData("voucher", 0x5e7d0001u, 0u, 1)]
    public void Read_OtherTagAnEndOrMore_IsRefused(string field, uint tag, uint validUntil, int moreBits)
    {
        Cell cell = new CellBuilder()
            .StoreUInt(tag, 32)
            .StoreInt(TonNetwork.Mainnet, 32)
            .StoreAddress(Sample.Terms.Address)
            .StoreUInt(1, 64)
            .StoreCoins(new Nano(5))
            .StoreUInt(validUntil, 32)
            .StoreBits256(default)
            .StoreUInt(0, moreBits)
            .Build();

        Assert.Equal(field, Assert.Throws<TonFormatException>(() => Voucher.Read(cell)).Field);
    }

    [Fact]
    public void Read_CoinsWithLeadingZeros_IsRefused()
    {
        Cell cell = new CellBuilder()
            .StoreUInt(0x5e7d0001, 32)
            .StoreInt(TonNetwork.Mainnet, 32)
            .StoreAddress(Sample.Terms.Address)
            .StoreUInt(1, 64)
            .StoreUInt(2, 4)
            .StoreUInt(5, 16)
            .StoreUInt(0, 32)
            .StoreBits256(default)
            .Build();

        Assert.Equal("voucher", Assert.Throws<TonFormatException>(() => Voucher.Read(cell)).Field);
    }

    [Fact]
    public void Close_Read_IsTheCloseAndRefusesOneWithoutEnd()
    {
        Assert.Equal(Sample.Close, CooperativeClose.Read(Sample.Close.ToCell()));
        Assert.Equal("close", Assert.Throws<TonFormatException>(() => CooperativeClose.Read((Sample.Close with { ValidUntil = 0 }).ToCell())).Field);
        Assert.Equal("close.tag", Assert.Throws<TonFormatException>(() => CooperativeClose.Read(Sample.Voucher.ToCell())).Field);
    }

    [Fact]
    public void Context_OfEachStep_DependsOnAllBefore()
    {
        Bits256 first = VoucherContext.Next(VoucherContext.First, Sample.HashOf("a"));
        Bits256 second = VoucherContext.Next(first, Sample.HashOf("b"));

        Assert.Equal(Sample.Voucher.Context, VoucherContext.Next(default, Sample.HashOf("usage")));
        Assert.NotEqual(second, VoucherContext.Next(VoucherContext.Next(default, Sample.HashOf("b")), Sample.HashOf("a")));
    }

    [Fact]
    public void Terms_EqualOrZeroKeys_AreRefused()
    {
        TonAddress address = Sample.Address;
        PublicKey key = Sample.PayerKey.PublicKey;

        Assert.Equal("channel.payee key", Assert.Throws<TonFormatException>(() => new ChannelTerms(address, key, address, key, 60, 1)).Field);
        Assert.Equal("channel.payer key", Assert.Throws<TonFormatException>(() => new ChannelTerms(address, default, address, key, 60, 1)).Field);
        Assert.Equal("channel.payee key", Assert.Throws<TonFormatException>(() => new ChannelTerms(address, key, address, default, 60, 1)).Field);
    }

    [Fact]
    public void ChannelState_OfFirstData_HasTheTerms()
    {
        ChannelState state = ChannelState.Read(Sample.Terms.Init.Data!);

        Assert.Equal(Sample.Terms, state.Terms);
        Assert.Equal((ChannelPhase.Open, Nano.Zero), (state.Phase, state.Available));
    }
}
