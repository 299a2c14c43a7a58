using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using CocoonOrleans.Market;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Chain;
using CocoonOrleans.Ton.Messages;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Wallets;

namespace CocoonOrleans.Benchmarks.Settlement;

/// <summary>The development chain, which runs the real TVM, as a process that ends with this one: its standard input closes.</summary>
internal sealed class DevelopmentChainProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly HttpClient _http = new();
    private readonly Uri _address;

    private DevelopmentChainProcess(Process process, int port)
    {
        _process = process;
        _address = new Uri($"http://127.0.0.1:{port}/");
        Client = new ToncenterClient(_http, new ToncenterOptions { Address = new Uri(_address, "1/api/v2/"), Timeout = Patience }, TimeProvider.System);
    }

    /// <summary>Asks its first endpoint.</summary>
    public ToncenterClient Client { get; }

    /// <summary>Starts it and waits until it serves.</summary>
    /// <exception cref="IOException">Node.js or the contracts' packages are missing, or it ends at once.</exception>
    public static async Task<DevelopmentChainProcess> StartAsync()
    {
        var folder = Contracts();
        if (!Directory.Exists(Path.Combine(folder, "node_modules")))
        {
            throw new IOException("The contracts' packages are missing. Run npm ci in contracts/.");
        }

        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo("node", ["devchain/devchain.mjs"])
            {
                WorkingDirectory = folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
        }
        catch (Win32Exception missing)
        {
            throw new IOException($"Node.js 20 or later is needed: {missing.Message}", missing);
        }

        var ready = await process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        return ready?.StartsWith("READY ", StringComparison.Ordinal) == true
            ? new DevelopmentChainProcess(process, int.Parse(ready["READY ".Length..], CultureInfo.InvariantCulture))
            : throw new IOException("The development chain did not start.");
    }

    /// <summary>A wallet with coins from nowhere.</summary>
    public async Task<WalletV5R1> FundAsync(SigningKey key, long coins)
    {
        var wallet = new WalletV5R1(key.PublicKey, TonNetwork.Development);
        using var response = await _http.PostAsJsonAsync(
            new Uri(_address, "api/v2/dev_faucet"), new { address = wallet.Address.ToString(), amount = Nano.FromCoins(coins).ToString() });
        response.EnsureSuccessStatusCode();
        return wallet;
    }

    /// <summary>Sends a message from a wallet.</summary>
    public async Task SendAsync(WalletV5R1 wallet, SigningKey key, OutgoingMessage message)
    {
        var account = await Client.GetAccountAsync(wallet.Address, null, CancellationToken.None);
        var result = await Client.RunGetMethodAsync(wallet.Address, "seqno", null, CancellationToken.None);
        var seqno = result.ExitCode == 0 ? (uint)result.Number(0) : 0;
        await Client.SendAsync(wallet.Wrap(wallet.SignTransfer(key, seqno, account.Time + 60, [new WalletTransfer(message)]), seqno).ToCell(), CancellationToken.None);
    }

    /// <summary>The newest transactions of an account as bags of cells, as the chain serves them.</summary>
    public async Task<IReadOnlyList<byte[]>> ReadRowsAsync(TonAddress address, int limit)
    {
        var answer = await _http.GetFromJsonAsync<JsonElement>(new Uri(_address, $"1/api/v2/getTransactions?address={Uri.EscapeDataString(address.ToString())}&limit={limit}"));
        return [.. answer.GetProperty("result").EnumerateArray().Select(row => row.GetProperty("data").GetBytesFromBase64())];
    }

    /// <summary>What lies at an address.</summary>
    public async Task<Nano> BalanceAsync(TonAddress address) => (await Client.GetAccountAsync(address, null, CancellationToken.None)).Balance;

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().WaitAsync(Patience);
        _process.Dispose();
    }

    private static string Contracts()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var contracts = Path.Combine(folder.FullName, "contracts");
            if (File.Exists(Path.Combine(contracts, "devchain", "devchain.mjs")))
            {
                return contracts;
            }
        }

        throw new IOException("The folder contracts/ is not above this program: run it from a checkout.");
    }
}
