using System.Security.Cryptography;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Sqlite;
using CocoonOrleans.Market;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Benchmarks.Settlement;

/// <summary>A ledger in a file of its own, with providers who are due much and have channels that hold it; and a bare file beside it, for the disk's own speed.</summary>
internal sealed class VoucherLedger : IAsyncDisposable
{
    private const int OperationsPerCall = 64;
    private const int WarmRows = 2_500;
    private static readonly Nano Held = Nano.FromCoins(1_000);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cocoon-bench-");
    private readonly SigningKey _key = new(RandomNumberGenerator.GetBytes(32));
    private readonly SqliteLedger _ledger;
    private readonly SqliteFile _bareFile;
    private readonly SqliteConnection _bare;
    private readonly List<(ChannelTerms Terms, long Serial, Bits256 Context)> _channels = [];
    private long _rows;

    private VoucherLedger()
    {
        var options = new SqliteLedgerOptions { Path = Path.Combine(_folder.FullName, "ledger.db"), AllowTreasuryTransfers = true };
        _ledger = new SqliteLedger(Options.Create(options), TimeProvider.System, NullLogger<SqliteLedger>.Instance);
        _bareFile = new SqliteFile(Path.Combine(_folder.FullName, "bare.db"), busyTimeoutSeconds: 5);
        _bare = _bareFile.OpenForWriting();
        Run("CREATE TABLE rows (number INTEGER PRIMARY KEY, bytes BLOB NOT NULL)");
    }

    /// <summary>Makes one.</summary>
    /// <param name="channels">How many channels.</param>
    public static async Task<VoucherLedger> MakeAsync(int channels)
    {
        var made = new VoucherLedger();
        foreach (var part in Enumerable.Range(0, channels).Chunk(OperationsPerCall / 2))
        {
            LedgerOperation[] operations =
            [
                .. part.Select(index => new CreateAccount(Provider(index), AccountClass.Provider, "")),
                .. part.Select(index => new Transfer(Guid.NewGuid(), WellKnownAccounts.Treasury, Provider(index), Held, "earned in a benchmark")),
            ];
            await made._ledger.ExecuteAsync(operations, CancellationToken.None);
        }

        for (var index = 0; index < channels; index++)
        {
            await made.OpenAsync(index);
        }

        // A log that still grows is slower than one that is written over, as the ledger's is by now.
        for (var row = 0; row < WarmRows; row++)
        {
            made.CommitBare();
        }

        return made;
    }

    /// <summary>Signs the next voucher of a channel and stores it.</summary>
    /// <exception cref="InvalidOperationException">The ledger does not take it.</exception>
    public async Task SignAsync(int channel)
    {
        var (terms, serial, context) = _channels[channel];
        var next = VoucherContext.Next(context, UsageRoot.Of([context]));
        var cumulative = new Nano(serial + 1);
        var signed = new Voucher(TonNetwork.Development, terms.Address, checked((ulong)(serial + 1)), cumulative, next).Sign(_key);
        var stored = new StoredVoucher(terms.Address.ToString(), serial + 1, cumulative, next.ToArray(), 0, signed.ToBytes(), TimeProvider.System.GetUtcNow());
        if (!await _ledger.TryAddVoucherAsync(stored, CancellationToken.None))
        {
            throw new InvalidOperationException("The ledger does not take the voucher.");
        }

        _channels[channel] = (terms, serial + 1, next);
    }

    /// <summary>Takes what the chain says of a channel into the books.</summary>
    /// <exception cref="InvalidOperationException">The ledger does not take it.</exception>
    public async Task ReconcileAsync(int channel, long step)
    {
        var (terms, serial, _) = _channels[channel];
        var state = new ChannelSnapshot(WorkerChannelPhase.Open, Held, new Nano(Math.Min(step, serial)), Nano.Zero, Nano.Zero, 0, step + 1, step + 1);
        if (!await _ledger.TryApplyAsync(terms.Address.ToString(), state, CancellationToken.None))
        {
            throw new InvalidOperationException("The ledger does not take the state.");
        }
    }

    /// <summary>What the disk does without us: one row of a voucher's size, committed.</summary>
    public void CommitBare()
    {
        using var command = _bare.CreateCommand();
        command.CommandText = "INSERT INTO rows VALUES ($number, zeroblob(400))";
        command.Parameters.AddWithValue("$number", ++_rows);
        command.ExecuteNonQuery();
    }

    public async ValueTask DisposeAsync()
    {
        await _ledger.DisposeAsync();
        await _bare.DisposeAsync();
        _bareFile.Dispose();
        _key.Dispose();
        _folder.Delete(recursive: true);
    }

    private static string Provider(int index) => $"provider-{index}";

    private static TonAddress NewAddress() => new(0, new Bits256(RandomNumberGenerator.GetBytes(32)));

    private async Task OpenAsync(int index)
    {
        using var payee = new SigningKey(RandomNumberGenerator.GetBytes(32));
        var terms = new ChannelTerms(NewAddress(), _key.PublicKey, NewAddress(), payee.PublicKey, 60, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)));
        var channel = new WorkerChannel(
            terms.Address.ToString(), Provider(index), terms.PayerAddress.ToString(), terms.PayerKey.Bits.ToArray(), terms.PayeeAddress.ToString(), terms.PayeeKey.Bits.ToArray(),
            terms.CloseDelay, unchecked((long)terms.Salt), ChannelSnapshot.Unseen);
        await _ledger.OpenChannelAsync(channel, CancellationToken.None);
        var state = new ChannelSnapshot(WorkerChannelPhase.Open, Held, Nano.Zero, Nano.Zero, Nano.Zero, 0, 1, 1);
        await _ledger.TryApplyAsync(channel.Channel, state, CancellationToken.None);
        _channels.Add((terms, 0, VoucherContext.First));
    }

    private void Run(string sql)
    {
        using var command = _bare.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
