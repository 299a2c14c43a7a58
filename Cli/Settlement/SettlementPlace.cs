using System.Security.Cryptography;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Providers;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Wallets;

namespace CocoonOrleans.Cli.Settlement;

/// <summary>
/// How a local network settles: on a development chain of its own, with keys in its data folder that work nowhere else. Both are made at the first start and
/// kept. On one machine all providers have one wallet.
/// </summary>
public sealed record SettlementPlace
{
    /// <summary>Name of the folder below the data folder.</summary>
    public const string FolderName = "settlement";

    private const int PassphraseBytes = 24;

    private SettlementPlace()
    {
    }

    /// <summary>The development chain's port on the loopback address.</summary>
    public required int Port { get; init; }

    /// <summary>Where its keys are.</summary>
    public required string Folder { get; init; }

    /// <summary>The operator's wallet, from which channels are funded.</summary>
    public required TonAddress OperatorWallet { get; init; }

    /// <summary>The operator's key for vouchers.</summary>
    public required PublicKey VoucherKey { get; init; }

    /// <summary>The one owner of the registry.</summary>
    public required PublicKey RegistryOwner { get; init; }

    /// <summary>The wallet that providers are paid at.</summary>
    public required TonAddress PayoutAddress { get; init; }

    /// <summary>One for each worker.</summary>
    public required IReadOnlyList<LocalProvider> Providers { get; init; }

    /// <summary>The passphrase of all keys.</summary>
    public string PassphraseFile => PassphraseIn(Folder);

    /// <summary>What the chain did, so that the next start goes on from there.</summary>
    public string Journal => Path.Combine(Folder, "chain.jsonl");

    /// <summary>The operator's wallet key.</summary>
    public string WalletKeyFile => Path.Combine(Folder, "operator-wallet.key");

    /// <summary>The operator's voucher key.</summary>
    public string VoucherKeyFile => Path.Combine(Folder, "operator-vouchers.key");

    /// <summary>The key of the registry's owner.</summary>
    public string RegistryOwnerKeyFile => Path.Combine(Folder, "registry-owner.key");

    /// <summary>Holds the registry's address, once it is there.</summary>
    public string RegistryFile => Path.Combine(Folder, "registry");

    /// <summary>One of the chain's two endpoints.</summary>
    /// <param name="number">1 or 2.</param>
    public Uri Endpoint(int number) => new($"http://127.0.0.1:{Port}/{number}/api/v2/");

    /// <summary>Finds the keys of a data folder, and makes those that are missing.</summary>
    /// <param name="data">The data folder.</param>
    /// <param name="port">The chain's port.</param>
    /// <param name="workerIds">The workers, each of a provider of its own.</param>
    /// <param name="clock">The clock of what is signed.</param>
    /// <exception cref="CommandFailedException">A key can't be used.</exception>
    public static SettlementPlace In(DataFolder data, int port, IReadOnlyList<string> workerIds, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(data);
        var folder = data.Folder(FolderName);
        if (!File.Exists(PassphraseIn(folder)))
        {
            DataFolder.WritePrivate(PassphraseIn(folder), Convert.ToBase64String(RandomNumberGenerator.GetBytes(PassphraseBytes)));
        }

        try
        {
            byte[] passphrase = KeyFile.ReadPassphrase(PassphraseIn(folder));

            // Each takes a third of a second of one core: that is what a passphrase is for.
            var wallet = Task.Run(() => Ensure(Path.Combine(folder, "operator-wallet.key"), KeyPurpose.Wallet, passphrase));
            var vouchers = Task.Run(() => Ensure(Path.Combine(folder, "operator-vouchers.key"), KeyPurpose.Voucher, passphrase));
            var registryOwner = Task.Run(() => Ensure(Path.Combine(folder, "registry-owner.key"), KeyPurpose.Owner, passphrase));
            var payout = new WalletV5R1(Ensure(Path.Combine(folder, "provider-wallet.key"), KeyPurpose.Wallet, passphrase), TonNetwork.Development).Address;
            Task<LocalProvider>[] providers =
            [
                .. workerIds.Select((workerId, index) => Task.Run(() => Provider(Path.Combine(folder, $"provider-{index + 1}.key"), workerId, payout, passphrase, clock))),
            ];
            var place = new SettlementPlace
            {
                Port = port,
                Folder = folder,
                OperatorWallet = new WalletV5R1(wallet.GetAwaiter().GetResult(), TonNetwork.Development).Address,
                VoucherKey = vouchers.GetAwaiter().GetResult(),
                RegistryOwner = registryOwner.GetAwaiter().GetResult(),
                PayoutAddress = payout,
                Providers = [.. providers.Select(provider => provider.GetAwaiter().GetResult())],
            };
            CryptographicOperations.ZeroMemory(passphrase);
            return place;
        }
        catch (KeyFileException refused)
        {
            throw new CommandFailedException(refused.Message, $"Delete {folder} with the silo's ledger beside it, or choose another folder with --data.", innerException: refused);
        }
    }

    private static string PassphraseIn(string folder) => Path.Combine(folder, "passphrase");

    private static PublicKey Ensure(string file, KeyPurpose purpose, byte[] passphrase) => File.Exists(file)
        ? KeyFile.ReadPublicKey(file, purpose, TonNetwork.Development)
        : KeyFile.Create(file, purpose, TonNetwork.Development, passphrase);

    private static LocalProvider Provider(string file, string workerId, TonAddress payout, byte[] passphrase, TimeProvider clock)
    {
        using SigningKey key = File.Exists(file)
            ? KeyFile.Open(file, KeyPurpose.Provider, TonNetwork.Development, passphrase)
            : KeyFile.CreateAndOpen(file, KeyPurpose.Provider, TonNetwork.Development, passphrase);
        var terms = new PayoutTerms(payout, PayoutTerms.DefaultThreshold);
        var order = new ProviderRequest(
            TonNetwork.Development, key.PublicKey, (ulong)clock.GetUtcNow().ToUnixTimeMilliseconds(), ProviderRequestKind.Payout, terms.ToCell());
        return new LocalProvider(key.PublicKey, file, new WorkerPass(Bits256.Parse(workerId, "worker id")).Sign(key), order.Sign(key));
    }
}
