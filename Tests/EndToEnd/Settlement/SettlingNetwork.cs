using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ledger.Sqlite;
using CocoonOrleans.Market;
using CocoonOrleans.Tests.EndToEnd.Commands;
using CocoonOrleans.Tests.EndToEnd.Networks;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Chain;
using CocoonOrleans.Ton.Messages;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;
using CocoonOrleans.Ton.Wallets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.EndToEnd.Settlement;

/// <summary>A whole network of real processes that settles on its development chain, with prices at which one answer is worth bringing there.</summary>
internal sealed class SettlingNetwork : IAsyncDisposable
{
    private static readonly NpmFolder Contracts = new("the development chain", BuiltArtifacts.Find().Root, "contracts");
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http = new();
    private readonly SqliteLedger _ledger;

    private SettlingNetwork(TestNetwork network)
    {
        Network = network;
        _ledger = new SqliteLedger(
            Options.Create(new SqliteLedgerOptions { Path = network.Data.Ledger }), TimeProvider.System, NullLogger<SqliteLedger>.Instance);
        Chain = new ToncenterClient(_http, new ToncenterOptions { Address = Place.Endpoint(1), Timeout = Deadline }, TimeProvider.System);
    }

    public TestNetwork Network { get; }

    public ToncenterClient Chain { get; }

    public Cli.Settlement.SettlementPlace Place => Network.Processes.Topology.Settlement!;

    public string Provider => Ton.Providers.ProviderId.Of(Place.Providers[0].Key);

    public static async Task<SettlingNetwork> StartAsync(params string[] siloSettings)
    {
        await Contracts.RequireAsync();
        return new SettlingNetwork(await TestNetwork.StartAsync(options => Task.FromResult(options with
        {
            Settles = true,
            PriceMultiple = 20_000,
            Workers = 1,
            SiloSettings = siloSettings,
        })));
    }

    /// <summary>Runs a command for the network's provider.</summary>
    public async Task<JsonElement> WorkerAsync(params string[] arguments)
    {
        var (exitCode, output) = await RunAsync(arguments);
        Assert.True(exitCode == 0, output);
        return Cocoon.Json(output);
    }

    /// <summary>Runs a command that must say that something is wrong.</summary>
    public async Task<JsonElement> WorkerFailsAsync(params string[] arguments)
    {
        var (exitCode, output) = await RunAsync(arguments);
        Assert.True(exitCode == 1, output);
        return Cocoon.Json(output);
    }

    /// <summary>Runs a command whose end may be either.</summary>
    public async Task<JsonElement> WorkerAnyAsync(params string[] arguments) => Cocoon.Json((await RunAsync(arguments)).Output);

    /// <summary>Waits until an amount of the provider's earnings is as it should be.</summary>
    public Task<JsonElement> EarningsAsync(string what, Func<JsonElement, bool> isThere) => Eventually.SeeAsync(what, () => WorkerAsync("earnings"), isThere, Deadline);

    /// <summary>One job, so that the provider earns.</summary>
    public Task EarnAsync() => Network.AskAsync("What is 27 plus 42?", maxTokens: 32);

    /// <summary>Waits until the books say so of a channel.</summary>
    public async Task<WorkerChannel> ChannelAsync(string what, string channel, Func<WorkerChannel, bool> isThere) =>
        (await Eventually.SeeAsync<WorkerChannel?>(what, async () => await _ledger.FindChannelAsync(channel, default), seen => seen is not null && isThere(seen), Deadline))!;

    /// <summary>The address of the provider's channel, once it holds coins.</summary>
    public async Task<string> OpenChannelAsync() => (await Eventually.SeeAsync<WorkerChannel?>(
        "an open channel", async () => await _ledger.FindProviderChannelAsync(Provider, default), seen => seen?.State.Phase == WorkerChannelPhase.Open, Deadline))!.Channel;

    public async Task<Nano> BookedAsync(string account) => (await _ledger.GetAccountAsync(account, default))!.Balance;

    /// <summary>All that channels ever paid to an address.</summary>
    public async Task<Nano> ReceivedAsync(TonAddress address) => (await Chain.GetTransactionsAsync(address, null, 100, default))
        .Where(transaction => ChannelNotice.Find(transaction.InMessage!)?.Kind == ChannelNoticeKind.Paid)
        .Aggregate(Nano.Zero, (sum, transaction) => sum + transaction.InMessage!.Value);

    public async Task<Nano> BalanceAsync(TonAddress address) => (await Chain.GetAccountAsync(address, null, default)).Balance;

    /// <summary>Moves the chain's clock on.</summary>
    public Task AdvanceAsync(TimeSpan time) => DevAsync("dev_now", new { advance = (long)time.TotalSeconds });

    /// <summary>From now on the first endpoint answers nobody.</summary>
    public Task SilenceChainAsync() => DevAsync("dev_fail", new { endpoint = 1, status = 503, times = 1_000_000 });

    /// <summary>It answers again.</summary>
    public Task HearChainAsync() => DevAsync("dev_clear", new { });

    /// <summary>Sends a message from a wallet of a stranger.</summary>
    public async Task SendAsStrangerAsync(TonAddress destination, Nano value, Cell body)
    {
        using var key = new SigningKey(RandomNumberGenerator.GetBytes(32));
        var wallet = new WalletV5R1(key.PublicKey, TonNetwork.Development);
        await DevAsync("dev_faucet", new { address = wallet.Address.ToString(), amount = Nano.FromCoins(1).ToString() });
        uint until = (await Chain.GetAccountAsync(wallet.Address, null, default)).Time + 60;
        Cell transfer = wallet.SignTransfer(key, 0, until, [new WalletTransfer(new OutgoingMessage(destination, value, body, Bounce: true))]);
        await Chain.SendAsync(wallet.Wrap(transfer, 0).ToCell(), default);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _ledger.DisposeAsync();
        await Network.DisposeAsync();
    }

    private async Task<(int ExitCode, string Output)> RunAsync(string[] arguments)
    {
        var (exitCode, output, _) = await Cocoon.RunAsync(["worker", .. arguments, "--data", Network.Data.Path, "--gateway", Network.Url.ToString(), "--json"]);
        return (exitCode, output);
    }

    private async Task DevAsync(string method, object parameters)
    {
        using HttpResponseMessage response = await _http.PostAsJsonAsync(new Uri(Place.Endpoint(1), method), parameters);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }
}
