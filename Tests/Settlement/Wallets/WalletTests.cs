using CocoonOrleans.Market;
using CocoonOrleans.Tests.Settlement.Vectors;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Messages;
using CocoonOrleans.Ton.Wallets;

namespace CocoonOrleans.Tests.Settlement.Wallets;

/// <summary>Transfers byte for byte are among the golden cells; here is what a wallet refuses and when it deploys itself.</summary>
public sealed class WalletTests
{
    private static readonly WalletTransfer Transfer = new(new OutgoingMessage(Sample.Address, new Nano(1), Cell.Empty));

    [Fact]
    public void Codes_Embedded_AreThoseOfTheLibrary()
    {
        Assert.Equal(GoldenVectors.All.Codes["v5"], Sample.WalletV5.Init.Code!.Hash.ToString());
        Assert.Equal(GoldenVectors.All.Codes["v4"], Sample.WalletV4.Init.Code!.Hash.ToString());
    }

    [Theory]
    [InlineData(TonNetwork.Mainnet, 0x7fffff11)]
    [InlineData(TonNetwork.Testnet, 0x7ffffffd)]
    public void WalletId_OfANetwork_IsTheKnownOne(int network, uint id) =>
        Assert.Equal(id, new WalletV5R1(Sample.PayerKey.PublicKey, network).WalletId);

    [Fact]
    public void Address_OfEachNetworkWorkchainAndSubwallet_IsAnother()
    {
        var addresses = new HashSet<string>
        {
            new WalletV5R1(Sample.PayerKey.PublicKey, TonNetwork.Mainnet).Address.ToString(),
            new WalletV5R1(Sample.PayerKey.PublicKey, TonNetwork.Testnet).Address.ToString(),
            new WalletV5R1(Sample.PayerKey.PublicKey, TonNetwork.Mainnet, workchain: -1).Address.ToString(),
            new WalletV5R1(Sample.PayerKey.PublicKey, TonNetwork.Mainnet, subwallet: 1).Address.ToString(),
        };

        Assert.Equal(4, addresses.Count);
    }

    [Fact]
    public void SignTransfer_KeyOfAnotherWallet_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Sample.WalletV5.SignTransfer(Sample.PayeeKey, 1, 1, [Transfer]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Sample.WalletV4.SignTransfer(Sample.PayeeKey, 1, 1, [Transfer]));
    }

    [Fact]
    public void SignTransfer_NoneOrTooManyMessages_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Sample.WalletV5.SignTransfer(Sample.PayerKey, 1, 1, [.. Enumerable.Repeat(Transfer, 256)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Sample.WalletV4.SignTransfer(Sample.PayerKey, 1, 1, [.. Enumerable.Repeat(Transfer, 5)]));
    }

    [Fact]
    public void SignTransfer_WithoutEnd_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Sample.WalletV5.SignTransfer(Sample.PayerKey, 0, uint.MaxValue, [Transfer]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Sample.WalletV4.SignTransfer(Sample.PayerKey, 0, uint.MaxValue, [Transfer]));
    }

    [Fact]
    public void SignTransfer_ModeThatW5Refuses_Throws() =>
        Assert.Throws<ArgumentException>(() => Sample.WalletV5.SignTransfer(Sample.PayerKey, 1, 1, [Transfer with { Mode = SendMode.PayFeesSeparately }]));

    [Fact]
    public void Wrap_FirstTransferAlone_DeploysTheWallet()
    {
        Cell transfer = Sample.WalletV5.SignTransfer(Sample.PayerKey, 0, 1, [Transfer]);

        Assert.Equal(Sample.WalletV5.Init, Sample.WalletV5.Wrap(transfer, 0).Init);
        Assert.Null(Sample.WalletV5.Wrap(transfer, 1).Init);
        Message read = Message.Read(Sample.WalletV5.Wrap(transfer, 0).ToCell());
        Assert.Equal((MessageKind.ExternalIn, Sample.WalletV5.Address, transfer), (read.Kind, read.Destination, read.Body));
        Assert.Equal(Sample.WalletV5.Init, read.Init);
    }
}
