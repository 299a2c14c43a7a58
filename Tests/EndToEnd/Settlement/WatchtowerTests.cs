using System.Security.Cryptography;
using System.Text.Json;
using CocoonOrleans.Market;
using CocoonOrleans.Tests.EndToEnd.Commands;
using CocoonOrleans.Tests.EndToEnd.Networks;
using CocoonOrleans.Tests.Settlement.Chain;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Messages;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;
using CocoonOrleans.Ton.Wallets;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Tests.EndToEnd.Settlement;

/// <summary>The payee is away: nothing of ours runs but the watchtower, with a folder of vouchers and a wallet for gas.</summary>
public sealed class WatchtowerTests : IDisposable
{
    private static readonly Nano Gas = new(100_000_000);

    private readonly TemporaryFolder _folder = new();
    private readonly SigningKey _payerWalletKey = NewKey();
    private readonly SigningKey _payerKey = NewKey();
    private readonly SigningKey _payeeKey = NewKey();

    private string Vouchers => Path.Combine(_folder.Path, "vouchers");

    private string Passphrase => Path.Combine(_folder.Path, "passphrase");

    private string Key => Path.Combine(_folder.Path, "gas.key");

    public void Dispose()
    {
        _payerWalletKey.Dispose();
        _payerKey.Dispose();
        _payeeKey.Dispose();
        _folder.Dispose();
    }

    [SkippableFact]
    public async Task Close_PayeeOffline_WatchtowerCharges()
    {
        await using DevelopmentChain chain = await DevelopmentChain.StartAsync(withMachineClock: true);
        var gas = await PrepareAsync();
        WalletV5R1 payer = await chain.FundedWalletAsync(_payerWalletKey, 30);
        var payee = SettlingSilo.NewAddress();
        var (leaving, staying) = (Terms(payer, payee, 7), Terms(payer, payee, 8));
        foreach (var terms in (ChannelTerms[])[leaving, staying])
        {
            await chain.SendAsync(payer, _payerWalletKey, new OutgoingMessage(terms.Address, Nano.FromCoins(5) + Gas, ChannelMessages.TopUp(1, Nano.FromCoins(5)), Init: terms.Init));
            await KeepAsync(terms, 3, Nano.FromCoins(2));
        }

        // Nobody leaves: nothing is charged, and no gas is needed.
        Assert.Equal((0, "none", "none"), Two(await LookAsync(chain), leaving, staying));

        await chain.SendAsync(payer, _payerWalletKey, new OutgoingMessage(leaving.Address, Gas, ChannelMessages.StartClose(2)));
        Assert.Equal((1, "noGas", "none"), Two(await LookAsync(chain), leaving, staying));

        await chain.GiveAsync(gas, 1);
        Assert.Equal((0, "charged", "none"), Two(await LookAsync(chain), leaving, staying));
        Assert.Equal(Nano.FromCoins(2), (await ReadAsync(chain, leaving)).Claimed);
        Assert.Equal(Nano.Zero, (await ReadAsync(chain, staying)).Claimed);
        // With the little that the notice of the close carried.
        Assert.InRange((await chain.First.GetAccountAsync(payee, null, default)).Balance.Value, 1_990_000_000, 2_010_000_000);

        // A better voucher is charged too, and an older one changes nothing.
        await KeepAsync(leaving, 4, Nano.FromCoins(3), "a copy with another name");
        Assert.Equal((0, "charged", "none"), Two(await LookAsync(chain), leaving, staying));
        Assert.Equal(Nano.FromCoins(3), (await ReadAsync(chain, leaving)).Claimed);
        Assert.Equal((0, "none", "none"), Two(await LookAsync(chain), leaving, staying));
    }

    [SkippableFact]
    public async Task Look_VouchersThatAreNotGood_AreNamedAndHarmNoOthers()
    {
        await using DevelopmentChain chain = await DevelopmentChain.StartAsync(withMachineClock: true);
        var gas = await PrepareAsync();
        await chain.GiveAsync(gas, 1);
        WalletV5R1 payer = await chain.FundedWalletAsync(_payerWalletKey, 30);
        ChannelTerms terms = Terms(payer, SettlingSilo.NewAddress(), 7);
        await chain.SendAsync(payer, _payerWalletKey, new OutgoingMessage(terms.Address, Nano.FromCoins(5) + Gas, ChannelMessages.TopUp(1, Nano.FromCoins(5)), Init: terms.Init));
        await chain.SendAsync(payer, _payerWalletKey, new OutgoingMessage(terms.Address, Gas, ChannelMessages.AskWithdraw(2, Nano.FromCoins(1))));
        await KeepAsync(terms, 1, Nano.FromCoins(1));
        await KeepAsync(Terms(payer, SettlingSilo.NewAddress(), 9), 1, Nano.FromCoins(1)); // never funded
        await KeepAsync(terms, 2, Nano.FromCoins(4), "testnet", network: TonNetwork.Testnet);
        using (var stranger = NewKey())
        {
            // Promises more than the good one, of the same channel, and hides it from nobody.
            await KeepAsync(terms, 3, Nano.FromCoins(4), "forged", signer: stranger);
        }

        await File.WriteAllTextAsync(Path.Combine(Vouchers, "garbage.json"), "{\"channel\":\"x\"");
        await File.WriteAllBytesAsync(Path.Combine(Vouchers, "large.json"), new byte[10_000]);

        var (exitCode, result) = await LookAsync(chain);

        var channels = result.GetProperty("channels").EnumerateArray().ToDictionary(channel => channel.GetProperty("channel").GetString()!, channel => channel.GetProperty("action").GetString());
        Assert.Equal(1, exitCode);
        Assert.Equal("charged", channels[terms.Address.ToString()]);
        Assert.Equal(5, channels.Count);
        Assert.Equal(4, channels.Values.Count(action => action == "refused"));
        Assert.Equal(Nano.FromCoins(1), (await ReadAsync(chain, terms)).Claimed);
    }

    private static SigningKey NewKey() => new(RandomNumberGenerator.GetBytes(32));

    private static (int ExitCode, string? First, string? Second) Two((int ExitCode, JsonElement Result) look, ChannelTerms first, ChannelTerms second)
    {
        string? Action(ChannelTerms terms) => look.Result.GetProperty("channels").EnumerateArray()
            .Single(channel => channel.GetProperty("channel").GetString() == terms.Address.ToString()).GetProperty("action").GetString();

        return (look.ExitCode, Action(first), Action(second));
    }

    private static async Task<ChannelState> ReadAsync(DevelopmentChain chain, ChannelTerms terms) =>
        ChannelState.Read((await chain.First.GetAccountAsync(terms.Address, null, default)).Data!);

    private ChannelTerms Terms(WalletV5R1 payer, Ton.Addresses.TonAddress payee, ulong salt) => new(payer.Address, _payerKey.PublicKey, payee, _payeeKey.PublicKey, 3600, salt);

    /// <returns>The gas wallet's address.</returns>
    private async Task<Ton.Addresses.TonAddress> PrepareAsync()
    {
        Directory.CreateDirectory(Vouchers);
        await File.WriteAllTextAsync(Passphrase, "a passphrase of tests\n");
        File.SetUnixFileMode(Passphrase, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var key = KeyFile.Create(Key, KeyPurpose.Wallet, TonNetwork.Development, KeyFile.ReadPassphrase(Passphrase));
        return new WalletV5R1(key, TonNetwork.Development).Address;
    }

    /// <summary>As a worker keeps it.</summary>
    private async Task KeepAsync(ChannelTerms terms, long serial, Nano cumulative, string? name = null, int network = TonNetwork.Development, SigningKey? signer = null)
    {
        var voucher = new Voucher(network, terms.Address, (ulong)serial, cumulative, VoucherContext.First).Sign(signer ?? _payerKey);
        var kept = new ProviderVoucher(terms.Address.ToString()[2..], serial, voucher.ToBytes());
        await File.WriteAllBytesAsync(Path.Combine(Vouchers, $"{name ?? kept.Channel}.json"), JsonSerializer.SerializeToUtf8Bytes(kept, JsonSerializerOptions.Web));
    }

    private async Task<(int ExitCode, JsonElement Result)> LookAsync(DevelopmentChain chain)
    {
        var (exitCode, output, error) = await Cocoon.RunAsync(
            "watchtower", "--vouchers", Vouchers, "--key", Key, "--passphrase-file", Passphrase, "--chain", new Uri(chain.Address, "1/api/v2/").ToString(), "--once", "--json");
        Assert.True(output.Length > 0, error);
        Assert.True(Cocoon.Json(output).TryGetProperty("channels", out _), output);
        return (exitCode, Cocoon.Json(output));
    }
}
