using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using CocoonOrleans.Market;
using CocoonOrleans.Tests.Settlement.Contracts;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Chain;
using CocoonOrleans.Ton.Messages;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Wallets;

namespace CocoonOrleans.Tests.Settlement.Chain;

/// <summary>The development chain as a process, which ends with the test: its standard input closes.</summary>
internal sealed class DevelopmentChain : IAsyncDisposable
{
    /// <summary>The chain's time at its start.</summary>
    public const long StartTime = 1_764_000_000;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly HttpClient _http = new();
    private readonly Uri _address;

    private DevelopmentChain(Process process, int port)
    {
        _process = process;
        _address = new Uri($"http://127.0.0.1:{port}/");
        First = Endpoint(1, Patience);
    }

    /// <summary>The first of its two endpoints.</summary>
    public ToncenterClient First { get; }

    /// <summary>Its address, for endpoints 1 and 2 below it.</summary>
    public Uri Address => _address;

    /// <param name="withMachineClock">Whether its clock is this machine's, and not one that stands still.</param>
    public static async Task<DevelopmentChain> StartAsync(bool withMachineClock = false)
    {
        await ContractFolder.Npm.RequireAsync();
        var process = Process.Start(new ProcessStartInfo("node", ["devchain/devchain.mjs", .. withMachineClock ? (string[])[] : [$"{StartTime}"]])
        {
            WorkingDirectory = ContractFolder.Npm.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        string? ready = await process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        Assert.StartsWith("READY ", ready);
        return new DevelopmentChain(process, int.Parse(ready!["READY ".Length..], System.Globalization.CultureInfo.InvariantCulture));
    }

    public ToncenterClient Endpoint(int number, TimeSpan timeout) => new(
        _http,
        new ToncenterOptions { Address = new Uri(_address, $"{number}/api/v2/"), Timeout = timeout },
        TimeProvider.System);

    /// <summary>Settings that name its two endpoints, as of two owners.</summary>
    public ChainOptions Options() => new()
    {
        Network = TonNetwork.Development,
        Endpoints =
        {
            new ChainEndpointOptions { Address = new Uri(_address, "1/api/v2/"), Owner = "first", RequestsPerSecond = 1000 },
            new ChainEndpointOptions { Address = new Uri(_address, "2/api/v2/"), Owner = "second", RequestsPerSecond = 1000 },
        },
        Timeout = Patience,
        AgreementTimeout = TimeSpan.FromSeconds(3),
    };

    /// <summary>Gives coins from nowhere.</summary>
    public Task GiveAsync(TonAddress address, long coins) =>
        DevAsync("dev_faucet", new { address = address.ToString(), amount = Nano.FromCoins(coins).ToString() });

    /// <summary>Calls one of the chain's own methods.</summary>
    public async Task<JsonElement> DevAsync(string method, object parameters)
    {
        HttpResponseMessage response = await _http.PostAsJsonAsync(new Uri(_address, $"api/v2/{method}"), parameters);
        JsonElement answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(answer.GetProperty("ok").GetBoolean(), answer.ToString());
        return answer.GetProperty("result");
    }

    /// <summary>A wallet with coins from nowhere.</summary>
    public async Task<WalletV5R1> FundedWalletAsync(SigningKey key, long coins)
    {
        var wallet = new WalletV5R1(key.PublicKey, TonNetwork.Development);
        await GiveAsync(wallet.Address, coins);
        return wallet;
    }

    /// <summary>The external message with which a wallet sends one message.</summary>
    public async Task<ExternalMessage> SignAsync(WalletV5R1 wallet, SigningKey key, OutgoingMessage message)
    {
        AccountState account = await First.GetAccountAsync(wallet.Address, null, default);
        uint seqno = await SeqnoAsync(wallet.Address);
        return wallet.Wrap(wallet.SignTransfer(key, seqno, account.Time + 60, [new WalletTransfer(message)]), seqno);
    }

    public async Task SendAsync(WalletV5R1 wallet, SigningKey key, OutgoingMessage message) =>
        await First.SendAsync((await SignAsync(wallet, key, message)).ToCell(), default);

    public async Task<uint> SeqnoAsync(TonAddress wallet)
    {
        GetMethodResult result = await First.RunGetMethodAsync(wallet, "seqno", null, default);
        return result.ExitCode == 0 ? (uint)result.Number(0) : 0;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().WaitAsync(Patience);
        _process.Dispose();
    }
}
