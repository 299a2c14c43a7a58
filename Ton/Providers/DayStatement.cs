using System.Globalization;
using System.Text;
using CocoonOrleans.Market;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Ton.Providers;

/// <summary>
/// A provider's day, UTC, as the operator signs it: comma-separated lines that a spreadsheet opens and that add up. The last line is the operator's signature of
/// all lines before it.
/// </summary>
/// <param name="Network">See <see cref="TonNetwork"/>.</param>
/// <param name="Provider">The provider's key.</param>
/// <param name="Operator">The operator's voucher key.</param>
/// <param name="Day">The day.</param>
/// <param name="At">When it was written: a day that isn't over grows.</param>
/// <param name="Jobs">Its jobs, in the book's order.</param>
/// <param name="Vouchers">Vouchers that were signed in it.</param>
/// <param name="Charges">What channels paid in it, and transfers.</param>
/// <param name="Due">What was due at the time, in nano.</param>
public sealed record DayStatement(
    int Network, PublicKey Provider, PublicKey Operator, DateOnly Day, DateTimeOffset At, IReadOnlyList<StatementJob> Jobs, IReadOnlyList<StatementVoucher> Vouchers,
    IReadOnlyList<StatementCharge> Charges, Nano Due)
{
    /// <summary>The most jobs that one statement lists.</summary>
    public const int MaxJobs = 10_000;

    /// <summary>The most bytes of a signed statement.</summary>
    public const int MaxBytes = 8 << 20;

    private const string Title = "cocoon-statement-v2";
    private const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
    private const string DayFormat = "yyyy-MM-dd";

    /// <summary>What all jobs together were charged, the commission in it.</summary>
    public Nano Captured => Jobs.Aggregate(Nano.Zero, (sum, job) => sum + job.Captured);

    /// <summary>What of that the provider earned.</summary>
    public Nano Earned => Jobs.Aggregate(Nano.Zero, (sum, job) => sum + job.Earned);

    /// <summary>What channels paid.</summary>
    public Nano Charged => Charges.Aggregate(Nano.Zero, (sum, charge) => sum + charge.Amount);

    /// <summary>Writes and signs it.</summary>
    /// <param name="sign">Signs with the operator's key.</param>
    public async Task<string> SignAsync(Func<StatementSeal, Task<Signature>> sign)
    {
        ArgumentNullException.ThrowIfNull(sign);
        string text = ToText();
        Signature signature = await sign(StatementSeal.Of(Network, Provider, Encoding.UTF8.GetBytes(text)));
        return $"{text}signed,{signature}\n";
    }

    /// <summary>Reads a signed statement: every line has its one form, all sums are right, and its operator signed it.</summary>
    /// <param name="signed">What <see cref="SignAsync"/> made.</param>
    /// <exception cref="TonFormatException">One of these does not hold; the message names the line.</exception>
    public static DayStatement Parse(string signed)
    {
        ArgumentNullException.ThrowIfNull(signed);
        if (signed.Length > MaxBytes)
        {
            throw new TonFormatException("statement", $"more than {MaxBytes} bytes");
        }

        int end = signed.LastIndexOf("signed,", StringComparison.Ordinal);
        if (end <= 0 || signed[end - 1] != '\n')
        {
            throw new TonFormatException("statement.signed", "the line with the signature is missing");
        }

        string text = signed[..end];
        DayStatement statement = Read(text.Split('\n'));
        if (statement.ToText() != text)
        {
            throw new TonFormatException("statement", "a line isn't in the one form that it has, or a sum is wrong");
        }

        string digits = signed[end..]["signed,".Length..].TrimEnd('\n');
        if (digits.Length != 2 * Signature.Length || !digits.All(char.IsAsciiHexDigitLower)
            || !statement.Operator.Verifies(
                StatementSeal.Of(statement.Network, statement.Provider, Encoding.UTF8.GetBytes(text)).ToCell(), Signature.FromBytes(Convert.FromHexString(digits))))
        {
            throw new TonFormatException("statement.signed", "not the operator's signature of these lines");
        }

        return statement;
    }

    private string ToText()
    {
        var text = new StringBuilder();
        Line(Title, Network);
        Line("provider", Provider);
        Line("operator", Operator);
        Line("day", Day.ToString(DayFormat, CultureInfo.InvariantCulture));
        Line("at", At.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture));
        Line("job", "id", "captured", "commission", "earned", "receipt_sha256");
        foreach (StatementJob job in Jobs)
        {
            Line("job", job.JobId, job.Captured, job.Captured - job.Earned, job.Earned, job.Receipt?.ToString() ?? "");
        }

        Line("voucher", "channel", "serial", "cumulative");
        foreach (StatementVoucher voucher in Vouchers)
        {
            Line("voucher", voucher.Channel, voucher.Serial, voucher.Cumulative);
        }

        Line("charge", "at", "amount", "account", "lt", "transaction");
        foreach (StatementCharge charge in Charges)
        {
            Line(
                "charge",
                charge.At.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture),
                charge.Amount,
                charge.Transaction?.Account ?? "",
                charge.Transaction is { } chain ? chain.Lt : "",
                charge.Transaction is { } named ? named.Hash : "");
        }

        Line("total", "captured", "earned", "charged", "receipts_root");
        Line("total", Captured, Earned, Charged, UsageRoot.Of([.. Jobs.Select(job => job.Receipt).OfType<Bits256>()]));
        Line("due", Due);
        return text.ToString();

        void Line(params object[] fields) => text.AppendJoin(',', fields.Select(field => Convert.ToString(field, CultureInfo.InvariantCulture))).Append('\n');
    }

    private static DayStatement Read(string[] lines)
    {
        var fields = lines.Select(line => line.Split(',')).ToList();
        string[] First(string name, int count) => fields.Find(line => line[0] == name && line.Length == count)
            ?? throw new TonFormatException($"statement.{name}", "the line is missing");
        IEnumerable<string[]> Rows(string name, int count) => fields.Where(line => line[0] == name).Skip(1).Select(
            line => line.Length == count ? line : throw new TonFormatException($"statement.{name}", "a line has too many or too few fields"));
        try
        {
            return new DayStatement(
                int.Parse(First(Title, 2)[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture),
                new PublicKey(Bits256.Parse(First("provider", 2)[1], "statement.provider")),
                new PublicKey(Bits256.Parse(First("operator", 2)[1], "statement.operator")),
                DateOnly.ParseExact(First("day", 2)[1], DayFormat, CultureInfo.InvariantCulture),
                ReadTime(First("at", 2)[1]),
                [.. Rows("job", 6).Select(row => new StatementJob(
                    Guid.ParseExact(row[1], "D"), ReadNano(row[2]), ReadNano(row[4]), row[5].Length == 0 ? null : Bits256.Parse(row[5], "statement.job")))],
                [.. Rows("voucher", 4).Select(row => new StatementVoucher(row[1], long.Parse(row[2], NumberStyles.None, CultureInfo.InvariantCulture), ReadNano(row[3])))],
                [.. Rows("charge", 6).Select(row => new StatementCharge(
                    ReadTime(row[1]),
                    ReadNano(row[2]),
                    row[5].Length == 0 ? null : new StatementTransaction(
                        row[3], long.Parse(row[4], NumberStyles.None, CultureInfo.InvariantCulture), Bits256.Parse(row[5], "statement.charge"))))],
                ReadNano(First("due", 2)[1]));
        }
        catch (Exception malformed) when (malformed is FormatException or OverflowException)
        {
            throw new TonFormatException("statement", malformed.Message);
        }
    }

    private static DateTimeOffset ReadTime(string text) =>
        DateTimeOffset.ParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    private static Nano ReadNano(string text) => new(long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
}

/// <summary>A job that was paid.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Captured">What the client was charged, in nano.</param>
/// <param name="Earned">What of that the provider earned, in nano.</param>
/// <param name="Receipt">SHA-256 of the worker's usage receipt; null where it was paid without one.</param>
public sealed record StatementJob(Guid JobId, Nano Captured, Nano Earned, Bits256? Receipt);

/// <summary>A voucher that was signed.</summary>
/// <param name="Channel">The channel, in raw form.</param>
/// <param name="Serial">Its number.</param>
/// <param name="Cumulative">What it says, in nano.</param>
public sealed record StatementVoucher(string Channel, long Serial, Nano Cumulative);

/// <summary>What was paid on the chain, by a channel or by a transfer.</summary>
/// <param name="At">When it was booked.</param>
/// <param name="Amount">In nano.</param>
/// <param name="Transaction">Where it stands on the chain; null while a transfer has not left.</param>
public sealed record StatementCharge(DateTimeOffset At, Nano Amount, StatementTransaction? Transaction);

/// <summary>Where a payment stands on the chain.</summary>
/// <param name="Account">Whose transaction it is, in raw form: the wallet that paid, or the channel.</param>
/// <param name="Lt">Of a transfer the message's logical time; of a channel the logical time of its newest transaction in the state that showed the payment.</param>
/// <param name="Hash">The transaction's hash.</param>
public sealed record StatementTransaction(string Account, long Lt, Bits256 Hash);
