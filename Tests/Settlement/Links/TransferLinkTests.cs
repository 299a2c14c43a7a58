using CocoonOrleans.Market;
using CocoonOrleans.Tests.Settlement.Vectors;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Links;
using CocoonOrleans.Ton.Messages;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Tests.Settlement.Links;

public sealed class TransferLinkTests
{
    [Fact]
    public void Uri_ToWallet_HasAmountAndTextAndDoesNotBounce()
    {
        var link = TransferLink.ToWallet(Sample.WalletV5.Address, TonNetwork.Mainnet, "C-7 8&9", new Nano(1_500_000_001));

        Assert.Equal($"ton://transfer/{Sample.WalletV5.Address.ToFriendlyString(bounceable: false)}?amount=1500000001&text=C-7%208%269", link.Uri.AbsoluteUri);
        Assert.Equal("C-7 8&9", TextComment.Find(Boc.ParseBase64(link.Payload, "payload")));
        Assert.Null(link.StateInit);
    }

    [Fact]
    public void Uri_WithoutAmount_LeavesItToWhoPays_AndOtherNetworksAreMarked()
    {
        var link = TransferLink.ToWallet(Sample.WalletV5.Address, TonNetwork.Development, "a", amount: null);

        Assert.Equal($"ton://transfer/{Sample.WalletV5.Address.ToFriendlyString(bounceable: false, testOnly: true)}?text=a", link.Uri.AbsoluteUri);
    }

    [Fact]
    public void Uri_ToContract_CarriesBodyAndCode()
    {
        Cell body = ChannelMessages.TopUp(7, Nano.FromCoins(1));
        var link = TransferLink.ToContract(Sample.WalletV5.Address, TonNetwork.Mainnet, Nano.FromCoins(2), body, Sample.WalletV5.Init);

        var parts = link.Uri.Query[1..].Split('&').Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[1]);
        Assert.Equal(["amount", "bin", "init"], parts.Keys);
        Assert.Equal(body, Boc.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(parts["bin"])));
        Assert.Equal(Sample.WalletV5.Init.ToCell(), Boc.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(parts["init"])));
        Assert.StartsWith($"ton://transfer/{Sample.WalletV5.Address.ToFriendlyString(bounceable: true)}?", link.Uri.AbsoluteUri, StringComparison.Ordinal);
    }
}
