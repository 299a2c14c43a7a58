using CocoonOrleans.Cli.Network;
using CocoonOrleans.Ledger.Sqlite;
using CocoonOrleans.Market;
using CocoonOrleans.Tests.EndToEnd.Networks;
using CocoonOrleans.Tests.Settlement.Chain;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Messages;
using CocoonOrleans.Ton.Providers;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Wallets;
using CocoonOrleans.Tunnel.Trust;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.EndToEnd.Settlement;

/// <summary>A whole network of processes that settles on the development chain, and a person with a wallet app.</summary>
internal sealed class PayingNetwork : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder;
    private readonly SigningKey _personKey = new(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));

    private PayingNetwork(TemporaryFolder folder, DevelopmentChain chain, WalletV5R1 wallet, TestNetwork network)
    {
        _folder = folder;
        Chain = chain;
        Wallet = wallet;
        Network = network;
        Person = new WalletV5R1(_personKey.PublicKey, TonNetwork.Development);
        Ledger = OpenLedger(network);
    }

    public DevelopmentChain Chain { get; }

    /// <summary>The operator's wallet.</summary>
    public WalletV5R1 Wallet { get; }

    public TestNetwork Network { get; }

    /// <summary>The person's wallet.</summary>
    public WalletV5R1 Person { get; }

    public SqliteLedger Ledger { get; }

    /// <summary>A folder for files of the test.</summary>
    public string Folder => _folder.Path;

    public string PassphraseFile => PassphraseIn(_folder.Path);

    public static Task<PayingNetwork> StartAsync(params string[] siloSettings) => StartAsync(options => options, siloSettings);

    public static async Task<PayingNetwork> StartAsync(Func<LocalNetworkOptions, LocalNetworkOptions> change, params string[] siloSettings)
    {
        var folder = new TemporaryFolder();
        DevelopmentChain chain = await DevelopmentChain.StartAsync(withMachineClock: true);
        await File.WriteAllTextAsync(PassphraseIn(folder.Path), "a passphrase of tests\n");
        File.SetUnixFileMode(PassphraseIn(folder.Path), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        string walletFile = Path.Combine(folder.Path, "wallet.key");
        string voucherFile = Path.Combine(folder.Path, "vouchers.key");
        var wallet = new WalletV5R1(
            KeyFile.Create(walletFile, KeyPurpose.Wallet, TonNetwork.Development, KeyFile.ReadPassphrase(PassphraseIn(folder.Path))), TonNetwork.Development);
        KeyFile.Create(voucherFile, KeyPurpose.Voucher, TonNetwork.Development, KeyFile.ReadPassphrase(PassphraseIn(folder.Path)));
        await chain.GiveAsync(wallet.Address, 20);
        TestNetwork network = await TestNetwork.StartAsync(options => Task.FromResult(WithProvider(change(options)) with
        {
            SiloSettings =
            [
                .. options.SiloSettings,
                "--Chain:Network=-1000",
                $"--Chain:Endpoints:0:Address={new Uri(chain.Address, "1/api/v2/")}",
                "--Chain:Endpoints:0:Owner=first",
                "--Chain:Endpoints:0:RequestsPerSecond=1000",
                $"--Chain:Endpoints:1:Address={new Uri(chain.Address, "2/api/v2/")}",
                "--Chain:Endpoints:1:Owner=second",
                "--Chain:Endpoints:1:RequestsPerSecond=1000",
                $"--OperatorWallet:KeyFile={walletFile}",
                $"--OperatorWallet:PassphraseFile={PassphraseIn(folder.Path)}",
                $"--OperatorVouchers:KeyFile={voucherFile}",
                $"--OperatorVouchers:PassphraseFile={PassphraseIn(folder.Path)}",
                "--Wallets:Resend=00:00:00.200",
                "--Wallets:IdleLook=00:00:01",
                "--Sweeper:Interval=00:00:01",
                .. siloSettings,
            ],
        }));

        // As ./cocoon up does it, for commands that find the network by its data folder.
        new NetworkConnection(network.Url, network.Processes.Topology.AdminUrl, network.Model).Write(network.Data);
        var made = new PayingNetwork(folder, chain, wallet, network);
        await chain.GiveAsync(made.Person.Address, 500);
        return made;
    }

    /// <summary>The operator's wallet key.</summary>
    public SigningKey OpenWalletKey() => KeyFile.Open(
        Path.Combine(_folder.Path, "wallet.key"), KeyPurpose.Wallet, TonNetwork.Development, KeyFile.ReadPassphrase(PassphraseFile));

    /// <summary>Does what a wallet app does with a link.</summary>
    public async Task OpenLinkAsync(string link, Nano? amount = null)
    {
        var uri = new Uri(link);
        Assert.Equal(("ton", "transfer"), (uri.Scheme, uri.Host));
        var parts = uri.Query.Length == 0 ? [] : uri.Query[1..].Split('&').Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => Uri.UnescapeDataString(part[1]));
        FriendlyAddress to = TonAddress.ParseFriendly(uri.AbsolutePath[1..]);
        Nano value = amount ?? new Nano(long.Parse(parts["amount"], System.Globalization.CultureInfo.InvariantCulture));
        Cell body = parts.TryGetValue("text", out string? text) ? TextComment.ToCell(text)
            : parts.TryGetValue("bin", out string? bin) ? Boc.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(bin))
            : Cell.Empty;
        StateInit? init = parts.TryGetValue("init", out string? code) ? StateInit.Read(Boc.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(code)).BeginRead()) : null;
        uint seqno = await Chain.SeqnoAsync(Person.Address);
        await Chain.SendAsync(Person, _personKey, new OutgoingMessage(to.Address, value, body, to.Bounceable, init));
        await Eventually.SeeAsync("the person's wallet to have sent it", () => Chain.SeqnoAsync(Person.Address), seen => seen > seqno, Deadline);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            Assert.Empty(await Ledger.CheckInvariantsAsync(CancellationToken.None));
        }
        finally
        {
            await Ledger.DisposeAsync();
            await Network.DisposeAsync();
            await Chain.DisposeAsync();
            _personKey.Dispose();
            _folder.Dispose();
        }
    }

    /// <summary>Where earnings are paid on a chain, each worker shows a pass of its provider. Nobody is paid here: one provider for all does.</summary>
    private static LocalNetworkOptions WithProvider(LocalNetworkOptions options)
    {
        using var key = new SigningKey(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
        return options with
        {
            WorkerSettings = Enumerable.Range(0, options.Workers).ToDictionary(
                index => index,
                IReadOnlyList<string> (index) =>
                [
                    .. options.WorkerSettings.GetValueOrDefault(index, []),
                    $"--Worker:ProviderId={ProviderId.Of(key.PublicKey)}",
                    $"--Worker:ProviderPass={new WorkerPass(Bits256.Parse(WorkerIdOf(options, index), "worker")).Sign(key)}",
                ]),
        };
    }

    private static string WorkerIdOf(LocalNetworkOptions options, int index)
    {
        using var identity = TunnelIdentity.LoadOrCreate(Path.Combine(options.Data.Folder($"worker-{index + 1}"), "identity"), TimeProvider.System);
        return identity.Id;
    }

    private static string PassphraseIn(string folder) => Path.Combine(folder, "passphrase");

    private static SqliteLedger OpenLedger(TestNetwork network) => new(
        Options.Create(new SqliteLedgerOptions { Path = Path.Combine(network.Data.Path, "silo", "ledger.db"), AllowTreasuryTransfers = true }),
        TimeProvider.System,
        NullLogger<SqliteLedger>.Instance);
}
