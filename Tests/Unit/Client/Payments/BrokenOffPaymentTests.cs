using System.Security.Cryptography;
using System.Text;
using CocoonOrleans.Client;
using CocoonOrleans.Client.Payments;
using CocoonOrleans.Market;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Tests.Unit.Client.Payments;

/// <summary>What a channel counts as used of an answer that its worker broke off.</summary>
public sealed class BrokenOffPaymentTests : IDisposable
{
    private const long Hold = 600;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cocoon-broken-");
    private readonly HostileGateway _gateway = new();
    private readonly ChannelPayer _payer;

    public BrokenOffPaymentTests()
    {
        var seed = RandomNumberGenerator.GetBytes(32);
        using var payer = new SigningKey(seed);
        using var payee = new SigningKey(RandomNumberGenerator.GetBytes(32));
        var path = Path.Combine(_folder.FullName, "channel.json");
        ChannelPayer.Create(path, TonNetwork.Development, new ChannelTerms(Address(), payer.PublicKey, Address(), payee.PublicKey, 86_400, 7));
        _payer = ChannelPayer.Open(path, new SigningKey(seed));
    }

    public void Dispose()
    {
        _payer.Dispose();
        _gateway.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Ask_GoodReceipt_CountsWhatItSays()
    {
        _gateway.BreaksOff = _gateway.SignError;

        await AskAsync();

        Assert.Equal((new Nano(21), Nano.Zero), (_payer.Used, _payer.Unsure));
    }

    [Fact]
    public async Task Ask_ReceiptOfAnotherKey_CountsNothingOfIt()
    {
        using var other = new ReceiptKey();
        _gateway.BreaksOff = _gateway.SignError;
        _gateway.Signer = other;

        await AskAsync();

        Assert.Equal((Nano.Zero, new Nano(Hold)), (_payer.Used, _payer.Unsure));
    }

    private static TonAddress Address() => new(0, new Bits256(RandomNumberGenerator.GetBytes(32)));

    private async Task AskAsync()
    {
        var options = new CocoonSealingOptions { HoldLimitNano = Hold, Payer = _payer };
        using var http = new HttpClient(new CocoonSealingHandler(options, _gateway)) { BaseAddress = new Uri("http://gateway.test") };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent($$"""{"model":"{{HostileGateway.Model}}","messages":[{"role":"user","content":"hello"}],"stream":true}""", Encoding.UTF8, "application/json"),
        };
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await Assert.ThrowsAsync<SealingRefusedException>(() => response.Content.ReadAsByteArrayAsync());
    }
}
