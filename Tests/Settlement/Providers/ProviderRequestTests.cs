using System.Security.Cryptography;
using CocoonOrleans.Market;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Providers;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Tests.Settlement.Providers;

public sealed class ProviderRequestTests : IDisposable
{
    private readonly SigningKey _key = new(RandomNumberGenerator.GetBytes(32));
    private readonly TonAddress _address = new(0, new Bits256(RandomNumberGenerator.GetBytes(32)));

    [Fact]
    public void Parse_WhatWasSigned_GivesItBack()
    {
        ProviderRequest request = Request(new PayoutTerms(_address, Nano.FromCoins(3)).ToCell());

        ProviderRequest read = ProviderRequest.Parse(request.Sign(_key));

        Assert.Equal((request.Network, request.Provider, request.Time, request.Kind), (read.Network, read.Provider, read.Time, read.Kind));
        Assert.Equal(new PayoutTerms(_address, Nano.FromCoins(3)), PayoutTerms.Read(read.Value!));
        var transfers = new PayoutTerms(_address, Nano.FromCoins(3), ByTransfer: true);
        Assert.Equal(transfers, PayoutTerms.Read(transfers.ToCell()));
        Assert.Null(ProviderRequest.Parse(Request(null).Sign(_key)).Value);
    }

    [Fact]
    public void Parse_AnyByteChanged_IsRefusedAndNothingElseIsThrown()
    {
        byte[] good = Request(new PayoutTerms(_address, Nano.FromCoins(3)).ToCell()).Sign(_key);
        for (int i = 0; i < good.Length; i++)
        {
            byte[] bad = [.. good];
            bad[i] ^= (byte)(1 << (i % 8));
            Assert.Throws<TonFormatException>(() => ProviderRequest.Parse(bad));
        }

        for (int length = 0; length < good.Length; length++)
        {
            Assert.Throws<TonFormatException>(() => ProviderRequest.Parse(good.AsSpan(0, length)));
        }

        Assert.Throws<TonFormatException>(() => ProviderRequest.Parse(new byte[ProviderRequest.MaxBytes + 1]));
    }

    [Fact]
    public void Sign_WithAnothersKey_IsRefused()
    {
        using var other = new SigningKey(RandomNumberGenerator.GetBytes(32));
        Assert.Throws<ArgumentException>(() => Request(null).Sign(other));
    }

    [Theory]
    [InlineData(0, 1_999_999, "payout.threshold")]
    [InlineData(0, 1_000_000_000_001, "payout.threshold")]
    [InlineData(-1, 2_000_000, "payout.address")]
    [InlineData(0, 99_999_999, "payout.threshold", true)]
    public void ReadPayout_OutOfRange_NamesTheField(int workchain, long threshold, string field, bool byTransfer = false)
    {
        var terms = new PayoutTerms(new TonAddress(workchain, _address.Account), new Nano(threshold), byTransfer);
        Assert.StartsWith(field, Assert.Throws<TonFormatException>(() => PayoutTerms.Read(terms.ToCell())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CloseAnswer_RoundTrip_KeepsCloseAndSignature()
    {
        var close = new CooperativeClose(TonNetwork.Development, _address, Nano.FromCoins(2), 1_800_000_000);
        CloseAnswer read = CloseAnswer.Read(new CloseAnswer(close, close.Sign(_key)).ToCell());

        Assert.Equal(close, read.Close);
        Assert.True(_key.PublicKey.Verifies(read.Close.ToCell(), read.Payee));
    }

    [Fact]
    public void Pass_IsForOneWorkerOfOneProvider()
    {
        var pass = new WorkerPass(_address.Account);
        string signature = pass.Sign(_key);

        Assert.True(pass.IsSignedBy(_key.PublicKey, signature));
        Assert.False(new WorkerPass(default).IsSignedBy(_key.PublicKey, signature));
        Assert.False(pass.IsSignedBy(new PublicKey(_address.Account), signature));
        Assert.False(pass.IsSignedBy(_key.PublicKey, null));
        Assert.False(pass.IsSignedBy(_key.PublicKey, signature.ToUpperInvariant()));
    }

    [Fact]
    public void ProviderId_OfAKey_IsItsDigitsAndNoOtherNameIsAKey()
    {
        Assert.True(ProviderId.TryParse(ProviderId.Of(_key.PublicKey), out PublicKey read));
        Assert.Equal(_key.PublicKey, read);
        foreach (string? name in (string?[])[null, "", "anna", new string('0', 64), new string('A', 64), new string('a', 63), new string('g', 64)])
        {
            Assert.False(ProviderId.TryParse(name, out _));
        }
    }

    public void Dispose() => _key.Dispose();

    private ProviderRequest Request(Cell? value) => new(TonNetwork.Development, _key.PublicKey, 1_700_000_000_000, ProviderRequestKind.Payout, value);
}
