using System.Globalization;
using CocoonOrleans.Grains.Channels;
using CocoonOrleans.Ledger.Sqlite;
using CocoonOrleans.Market;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Vouchers;
using Microsoft.Data.Sqlite;

namespace CocoonOrleans.Silo.Chain;

/// <summary>
/// What a voucher key has signed, in a file of its own beside the key: no backup of the ledger brings it back to an earlier time. It decides what may be
/// signed next, and remembers it before it is signed for. Several processes may share the file.
/// </summary>
internal sealed class SignedVoucherStore : IDisposable
{
    private const int BusyTimeoutSeconds = 10;

    // "Cksv" in ASCII.
    private static readonly SqliteSchema Schema = SqliteSchema.FromResources(0x436b7376, typeof(SignedVoucherStore), "Schema");

    private readonly Lock _gate = new();
    private readonly SqliteFile _file;
    private readonly SqliteConnection _connection;
    private readonly Nano _dailyCap;

    /// <param name="path">The file, made where there is none.</param>
    /// <param name="dailyCap">The most that vouchers may rise in a day (UTC), all channels together.</param>
    /// <exception cref="IOException">The file can't be opened; the message names it.</exception>
    /// <exception cref="InvalidDataException">It is another application's.</exception>
    public SignedVoucherStore(string path, Nano dailyCap)
    {
        _dailyCap = dailyCap;
        _file = new SqliteFile(path, BusyTimeoutSeconds);
        try
        {
            _connection = _file.OpenForWriting();
        }
        catch (SqliteException error)
        {
            throw new IOException($"{path}: {error.Message}", error);
        }

        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        Schema.Apply(_connection);
    }

    /// <summary>The last voucher of a channel, in raw form; null where none was signed.</summary>
    public RememberedVoucher? FindLast(string channel)
    {
        lock (_gate)
        {
            return Read(channel);
        }
    }

    /// <summary>The channels of a provider that vouchers were signed for.</summary>
    public IReadOnlyList<RememberedChannel> ListChannels(string accountId)
    {
        lock (_gate)
        {
            return _connection.ReadAll(
                "SELECT bytes, covered_up_to, init_data FROM signed WHERE account_id = $account ORDER BY channel",
                row => new RememberedChannel(
                    ChannelState.Read(Boc.Parse(row.GetFieldValue<byte[]>(2))).Terms,
                    new RememberedVoucher(SignedVoucher.Parse(row.GetFieldValue<byte[]>(0)), row.GetInt64(1))),
                ("$account", accountId));
        }
    }

    /// <summary>How much vouchers may still rise on a day, in nano.</summary>
    public Nano LeftOn(DateOnly day)
    {
        lock (_gate)
        {
            return Left(Today(day));
        }
    }

    /// <summary>Decides whether a voucher may be signed, signs and remembers it, in one commit.</summary>
    /// <param name="order">The voucher.</param>
    /// <param name="sign">Signs it.</param>
    /// <param name="day">The day that it counts for.</param>
    /// <exception cref="VoucherRefusedException">It may not.</exception>
    public SignedVoucher Sign(VoucherOrder order, Func<Voucher, SignedVoucher> sign, DateOnly day)
    {
        Voucher voucher = order.Voucher;
        string channel = voucher.Channel.ToString();
        lock (_gate)
        {
            using SqliteTransaction transaction = _connection.BeginTransaction();
            SignedVoucher? last = Read(channel)?.Signed;
            if (last?.Voucher == voucher)
            {
                return last;
            }

            Check(voucher, last?.Voucher, order.Limit, Today(day));
            SignedVoucher signed = sign(voucher);
            Write(
                """
                INSERT INTO signed (channel, serial, cumulative, covered_up_to, bytes, account_id, init_data) VALUES ($channel, $serial, $cumulative, $covered, $bytes, $account, $init)
                ON CONFLICT (channel) DO UPDATE SET serial = excluded.serial, cumulative = excluded.cumulative, covered_up_to = excluded.covered_up_to, bytes = excluded.bytes,
                                                account_id = excluded.account_id, init_data = excluded.init_data
                """,
                ("$channel", channel),
                ("$serial", checked((long)voucher.Serial)),
                ("$cumulative", voucher.Cumulative.Value),
                ("$covered", order.CoveredUpTo),
                ("$bytes", signed.ToBytes()),
                ("$account", order.AccountId),
                ("$init", Boc.Write(order.Terms.Init.Data!)));
            Write(
                "INSERT INTO days (day, amount) VALUES ($day, $amount) ON CONFLICT (day) DO UPDATE SET amount = amount + excluded.amount",
                ("$day", (long)day.DayNumber),
                ("$amount", (voucher.Cumulative - (last?.Voucher.Cumulative ?? Nano.Zero)).Value));
            transaction.Commit();
            return signed;
        }
    }

    public void Dispose()
    {
        _connection.Dispose();
        _file.Dispose();
    }

    private void Check(Voucher voucher, Voucher? last, Nano limit, Nano today)
    {
        if (last is not null && voucher.Serial == last.Serial)
        {
            throw new VoucherRefusedException(
                VoucherRefusal.Fork, Text($"another voucher of {last.Cumulative} nano has number {last.Serial}: two copies of the operator's database are at work"));
        }

        if (last is not null && (voucher.Serial < last.Serial || voucher.Cumulative <= last.Cumulative))
        {
            throw new VoucherRefusedException(
                VoucherRefusal.Backwards, Text($"number {last.Serial} was signed for {last.Cumulative} nano, and {voucher.Serial} for {voucher.Cumulative} is not above it"));
        }

        if (voucher.Cumulative > limit)
        {
            throw new VoucherRefusedException(VoucherRefusal.AboveDeposit, Text($"{voucher.Cumulative} nano is above the {limit} that the channel holds"));
        }

        Nano more = voucher.Cumulative - (last?.Cumulative ?? Nano.Zero);
        if (more > Left(today))
        {
            throw new VoucherRefusedException(
                VoucherRefusal.DailyCap, Text($"{more} nano more would be above the {_dailyCap} of a day (OperatorVouchers:DailyCapNano), of which {today} are signed"));
        }
    }

    private Nano Left(Nano today) => _dailyCap - Nano.Min(today, _dailyCap);

    private RememberedVoucher? Read(string channel) => _connection.ReadAll(
        "SELECT bytes, covered_up_to FROM signed WHERE channel = $channel",
        row => new RememberedVoucher(SignedVoucher.Parse(row.GetFieldValue<byte[]>(0)), row.GetInt64(1)),
        ("$channel", channel)).SingleOrDefault();

    private Nano Today(DateOnly day) => _connection.ReadAll(
        "SELECT amount FROM days WHERE day = $day", row => new Nano(row.GetInt64(0)), ("$day", (long)day.DayNumber)).SingleOrDefault();

    private void Write(string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach ((string name, object value) in values)
        {
            command.Parameters.AddWithValue(name, value);
        }

        command.ExecuteNonQuery();
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
