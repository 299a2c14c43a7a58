using System.Globalization;
using System.Security.Cryptography;
using CocoonOrleans.Cli.Accounts;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Deposits;
using CocoonOrleans.Ledger.Holds;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Providers;
using CocoonOrleans.Ledger.Sqlite;
using CocoonOrleans.Ledger.Wallets;
using CocoonOrleans.Market;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Tests.EndToEnd.Networks;
using CocoonOrleans.Tests.Settlement.Chain;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Messages;
using CocoonOrleans.Ton.Providers;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Wallets;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.EndToEnd.Settlement;

/// <summary>
/// A silo process that settles on the development chain, with a wallet of its own. The test places intents in the same database file, as other silos
/// of the cluster would. At its end, in order, every rule of the book is checked.
/// </summary>
internal sealed class SettlingSilo : IAsyncDisposable
{
    public const string Provider = "prov-test";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly List<ChildProcess> _silos = [];
    private readonly Dictionary<ChildProcess, int> _clusterPorts = [];
    private readonly string[] _settings;
    private int _started;

    private SettlingSilo(DevelopmentChain chain, string[] settings)
    {
        Chain = chain;
        _settings = settings;
        Directory.CreateDirectory(DataFolder);
        Ledger = OpenLedger();
        File.WriteAllText(PassphraseFile, "a passphrase of tests\n");
        File.SetUnixFileMode(PassphraseFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        VoucherKey = KeyFile.Create(VoucherKeyFile, KeyPurpose.Voucher, TonNetwork.Development, KeyFile.ReadPassphrase(PassphraseFile));
        Wallet = new WalletV5R1(
            KeyFile.Create(WalletKeyFile, KeyPurpose.Wallet, TonNetwork.Development, KeyFile.ReadPassphrase(PassphraseFile)), TonNetwork.Development);
    }

    public DevelopmentChain Chain { get; }

    public SqliteLedger Ledger { get; private set; }

    public IWalletStore Store => Ledger;

    public IDepositStore Deposits => Ledger;

    public WalletV5R1 Wallet { get; }

    /// <summary>Whether every rule of the book must hold at the end; not where a test has put an old one in its place.</summary>
    public bool EndsInOrder { get; private set; } = true;

    /// <summary>All silo processes that were started.</summary>
    public IReadOnlyList<ChildProcess> Processes => _silos;

    public string WalletAddress => Wallet.Address.ToString();

    public string WalletKeyFile => Path.Combine(_folder.Path, "wallet.key");

    /// <summary>The operator's voucher key.</summary>
    public PublicKey VoucherKey { get; }

    public string VoucherKeyFile => Path.Combine(_folder.Path, "vouchers.key");

    public string PassphraseFile => Path.Combine(_folder.Path, "passphrase");

    private string LedgerPath => Path.Combine(DataFolder, "ledger.db");

    private string DataFolder => Path.Combine(_folder.Path, "silo");

    /// <param name="coins">What the wallet has at first.</param>
    /// <param name="settings">More settings of the silo.</param>
    public static async Task<SettlingSilo> StartAsync(long coins, params string[] settings)
    {
        DevelopmentChain chain = await DevelopmentChain.StartAsync(withMachineClock: true);
        var made = new SettlingSilo(chain, settings);
        await made.Ledger.ExecuteAsync([new CreateAccount(Provider, AccountClass.Provider, "")], CancellationToken.None);
        if (coins > 0)
        {
            await chain.GiveAsync(made.Wallet.Address, coins);
        }

        return made;
    }

    /// <summary>Starts one more silo process. Each is a cluster of its own: two of them have two activations of everything.</summary>
    public async Task<ChildProcess> StartSiloAsync(params IEnumerable<string> more)
    {
        var ports = FreePorts.Take(2);
        _started++;
        string name = string.Create(CultureInfo.InvariantCulture, $"silo-{_started}");
        var silo = ChildProcess.Start(new ChildProcessSpec(
            name,
            BuiltArtifacts.Find().Assembly("Silo"),
            [
                "--environment=Development",
                $"--Silo:DataFolder={DataFolder}",
                $"--Silo:Port={ports[0]}",
                $"--Silo:GatewayPort={ports[1]}",
                "--Silo:ExitWithParent=true",
                $"--Cluster:ClusterId={name}",
                $"--Cluster:ServiceId={name}",
                "--Ledger:AllowTreasuryTransfers=true",
                "--Chain:Network=-1000",
                $"--Chain:Endpoints:0:Address={new Uri(Chain.Address, "1/api/v2/")}",
                "--Chain:Endpoints:0:Owner=first",
                "--Chain:Endpoints:0:RequestsPerSecond=1000",
                $"--Chain:Endpoints:1:Address={new Uri(Chain.Address, "2/api/v2/")}",
                "--Chain:Endpoints:1:Owner=second",
                "--Chain:Endpoints:1:RequestsPerSecond=1000",
                "--Chain:Retries=1",
                "--Chain:AgreementTimeout=00:00:03",
                $"--OperatorWallet:KeyFile={WalletKeyFile}",
                $"--OperatorWallet:PassphraseFile={PassphraseFile}",
                $"--OperatorVouchers:KeyFile={VoucherKeyFile}",
                $"--OperatorVouchers:PassphraseFile={PassphraseFile}",
                "--Wallets:Resend=00:00:00.200",
                "--Wallets:IdleLook=00:00:01",
                "--Sweeper:Interval=00:00:01",
                .. _settings,
                .. more,
            ],
            Path.Combine(_folder.Path, $"{name}.log")));
        _silos.Add(silo);
        _clusterPorts[silo] = ports[1];
        await silo.WaitUntilReadyAsync(Deadline, TimeProvider.System, CancellationToken.None);
        return silo;
    }

    /// <summary>Ends a silo as <c>kill -9</c> does.</summary>
    public async Task KillAsync(ChildProcess silo)
    {
        silo.Kill();
        await silo.Exited;
    }

    /// <summary>What <c>cocoon cluster reconcile</c> asks of a gateway of the silo's cluster.</summary>
    public async Task<T> AdministerAsync<T>(ChildProcess silo, Func<AdminClient, Task<T>> ask)
    {
        var ports = FreePorts.Take(3);
        var data = new DataFolder(Path.Combine(_folder.Path, $"{silo.Spec.Name}-gateway"));
        await using var gateway = ChildProcess.Start(new ChildProcessSpec(
            $"{silo.Spec.Name}-gateway",
            BuiltArtifacts.Find().Assembly("Gateway"),
            [
                "--environment=Development",
                $"--Cluster:ClusterId={silo.Spec.Name}",
                $"--Cluster:ServiceId={silo.Spec.Name}",
                $"--Cluster:GatewayPorts:0={_clusterPorts[silo]}",
                $"--Gateway:Listen=127.0.0.1:{ports[0]}",
                $"--Gateway:AdminListen=127.0.0.1:{ports[1]}",
                $"--Gateway:DataFolder={data.Folder("gateway")}",
                "--Gateway:ExitWithParent=true",
                $"--Tunnel:Listen=127.0.0.1:{ports[2]}",
                "--Tunnel:AllowAnyWorker=true",
                $"--Tunnel:IdentityFolder={Path.Combine(data.Folder("gateway"), "identity")}",
            ],
            Path.Combine(_folder.Path, $"{silo.Spec.Name}-gateway.log")));
        await gateway.WaitUntilReadyAsync(Deadline, TimeProvider.System, CancellationToken.None);
        using AdminClient admin = AdminClient.Of(new Uri($"http://127.0.0.1:{ports[1]}"), data);
        return await ask(admin);
    }

    public string LogOf(ChildProcess silo) => File.ReadAllText(silo.Spec.LogFile);

    /// <summary>Copies the ledger while no silo runs.</summary>
    /// <returns>The copy.</returns>
    public string BackUpLedger()
    {
        string copy = Path.Combine(_folder.Path, "backup.db");
        using var from = new SqliteConnection($"Data Source={LedgerPath};Pooling=False");
        using var to = new SqliteConnection($"Data Source={copy};Pooling=False");
        from.Open();
        to.Open();
        from.BackupDatabase(to);
        return copy;
    }

    /// <summary>Puts a copy in the ledger's place while no silo runs, as an operator does who has lost the disk.</summary>
    public async Task RestoreLedgerAsync(string copy, bool endsInOrder = false)
    {
        await Ledger.DisposeAsync();
        foreach (string file in Directory.GetFiles(DataFolder, "ledger.db*"))
        {
            File.Delete(file);
        }

        File.Copy(copy, LedgerPath);
        Ledger = OpenLedger();
        EndsInOrder = endsInOrder;
    }

    /// <summary>Gives the provider something to be paid.</summary>
    public async Task EarnAsync(Nano amount) => Assert.IsType<Transferred>(Assert.Single(await Ledger.ExecuteAsync(
        [new Transfer(Guid.NewGuid(), WellKnownAccounts.Treasury, Provider, amount, "earned in a test")], CancellationToken.None)));

    /// <summary>Says where a provider is paid.</summary>
    public async Task OrderAsync(SigningKey key, PayoutTerms terms)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        string provider = ProviderId.Of(key.PublicKey);
        var request = new ProviderRequest(TonNetwork.Development, key.PublicKey, (ulong)now.ToUnixTimeMilliseconds(), ProviderRequestKind.Payout, terms.ToCell());
        await Ledger.ExecuteAsync([new CreateAccount(provider, AccountClass.Provider, "")], default);
        Assert.True(await Ledger.TryAddOrderAsync(
            new PayoutOrder(provider, (long)request.Time, terms.Address.ToString(), terms.Threshold, terms.ByTransfer, now, request.Sign(key), now), default));
    }

    /// <summary>A job of a provider, held and captured as every one is; done twice, it is one.</summary>
    /// <returns>SHA-256 of its usage receipt.</returns>
    public async Task<byte[]> ServeAsync(Guid job, string client, string provider, Nano charge)
    {
        byte[] receipt = SHA256.HashData(job.ToByteArray());
        var price = new TokenPrices(new Nano(1), new Nano(1), new Nano(1), new Nano(1));
        IReadOnlyList<LedgerResult> results = await Ledger.ExecuteAsync(
            [
                new PlaceHold
                {
                    JobId = job,
                    AccountId = client,
                    ApiKeyId = null,
                    Amount = charge,
                    ExpiresAt = DateTimeOffset.MaxValue,
                    RequestHash = new byte[32],
                    Model = "house",
                    PromptTokens = 1,
                    MaxCompletionTokens = 1,
                    PriceCap = price,
                },
                new CaptureHold
                {
                    JobId = job,
                    ProviderAccountId = provider,
                    WorkerId = "worker",
                    Prices = price,
                    Usage = new TokenUsage(1, 0, 1, 0),
                    Amount = charge,
                    Status = CompletionStatus.Complete,
                    ReportHash = receipt,
                },
            ],
            default);
        Assert.IsType<HoldCaptured>(results[1]);
        return receipt;
    }

    /// <summary>Earns and pays out.</summary>
    public async Task<Guid> PayAsync(TonAddress destination, Nano amount)
    {
        await EarnAsync(amount);
        return await PlaceAsync(Payout(destination, amount));
    }

    public PlaceIntent Payout(TonAddress destination, Nano amount, Guid? intentId = null)
    {
        Guid id = intentId ?? Guid.NewGuid();
        return new PlaceIntent
        {
            IntentId = id,
            Wallet = WalletAddress,
            Destination = destination.ToString(),
            Value = amount,
            Amount = amount,
            Body = Boc.Write(TextComment.ToCell(string.Create(CultureInfo.InvariantCulture, $"payout {PlaceIntent.QueryIdOf(id)}"))),
            Purpose = IntentPurpose.Payout,
            AccountId = Provider,
        };
    }

    public async Task<Guid> PlaceAsync(PlaceIntent intent)
    {
        Assert.IsType<IntentPlaced>(Assert.Single(await Ledger.ExecuteAsync([intent], CancellationToken.None)));
        return intent.IntentId;
    }

    public async Task<Intent> ReadAsync(Guid intent) => (await Store.FindIntentAsync(intent, CancellationToken.None))!;

    public Task<Intent> WaitAsync(Guid intent, IntentState state) =>
        Eventually.SeeAsync($"intent {state}", () => ReadAsync(intent), seen => seen.State == state, Deadline);

    public async Task<Nano> BalanceAsync(TonAddress address) => (await Chain.First.GetAccountAsync(address, null, default)).Balance;

    /// <summary>All that an address ever got. Its balance is less, by the rent of the time that passed.</summary>
    public async Task<Nano> ReceivedAsync(TonAddress address) => (await Chain.First.GetTransactionsAsync(address, null, 100, default))
        .Aggregate(Nano.Zero, (sum, transaction) => sum + transaction.InMessage!.Value);

    public async Task<Nano> BookedAsync(string account) => (await Ledger.GetAccountAsync(account, CancellationToken.None))!.Balance;

    /// <summary>Waits until the books say what the chain says of the wallet, and nothing is on its way.</summary>
    public async Task SettleAsync()
    {
        await Eventually.SeeAsync("nothing on its way", () => Store.ListBusyWalletsAsync(CancellationToken.None), busy => busy.Count == 0, Deadline);
        await Eventually.SeeAsync(
            "the wallet's balance in the books",
            async () => (OnChain: await BalanceAsync(Wallet.Address), Booked: await BookedAsync(WellKnownAccounts.ChainOperator)),
            seen => seen.OnChain + seen.Booked == Nano.Zero,
            Deadline);
        Assert.Empty(await Ledger.CheckInvariantsAsync(CancellationToken.None));
    }

    private SqliteLedger OpenLedger() => new(
        Options.Create(new SqliteLedgerOptions { Path = LedgerPath, AllowTreasuryTransfers = true }), TimeProvider.System, NullLogger<SqliteLedger>.Instance);

    /// <summary>An address that nobody has used.</summary>
    public static TonAddress NewAddress() => new(0, new Bits256(RandomNumberGenerator.GetBytes(32)));

    public async ValueTask DisposeAsync()
    {
        foreach (ChildProcess silo in _silos)
        {
            await silo.DisposeAsync();
        }

        try
        {
            if (EndsInOrder)
            {
                Assert.Empty(await Ledger.CheckInvariantsAsync(CancellationToken.None));
            }
        }
        finally
        {
            await Ledger.DisposeAsync();
            await Chain.DisposeAsync();
            _folder.Dispose();
        }
    }
}
