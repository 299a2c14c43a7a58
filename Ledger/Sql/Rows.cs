using System.Data.Common;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Entries;
using CocoonOrleans.Ledger.Holds;
using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Ledger.Sql;

/// <summary>The queries of the ledger's rows, and what is made of them; a WHERE clause is added by who asks.</summary>
internal static class Rows
{
    public const string SelectAccount =
        """
        SELECT a.account_id, a.class, a.label, coalesce(p.balance, (SELECT sum(e.amount) FROM entries e WHERE e.account_id = a.account_id), 0),
               coalesce(p.held, 0), a.created_at, a.closed_at
        FROM accounts a LEFT JOIN payers p ON p.account_id = a.account_id
        """;

    public const string SelectApiKey = "SELECT key_id, account_id, secret_hash, label, created_at, revoked_at, lowest_trust, may_lower_trust FROM api_keys";

    public const string SelectHold =
        """
        SELECT h.job_id, h.account_id, h.api_key_id, h.amount, h.state, h.request_hash, h.model, h.prompt_tokens, h.max_completion_tokens,
               h.cap_prompt, h.cap_cached, h.cap_completion, h.cap_request, h.created_at, h.expires_at, h.released_at, h.release_reason,
               c.amount, c.provider_amount, c.commission, c.provider_account_id, c.worker_id,
               c.price_prompt, c.price_cached, c.price_completion, c.price_request,
               c.prompt_tokens, c.cached_tokens, c.completion_tokens, c.reasoning_tokens, c.status, c.report_hash, c.captured_at,
               h.channel
        FROM holds h LEFT JOIN captures c ON c.job_id = h.job_id
        """;

    public const string SelectEntry =
        """
        SELECT e.entry_id, e.transaction_id, t.kind, e.account_id, e.amount, t.reason, t.created_at
        FROM entries e JOIN transactions t ON t.transaction_id = e.transaction_id
        """;

    public const string SelectLateCompletion =
        """
        SELECT l.job_id, l.provider_account_id, l.worker_id, h.model, l.unpaid_amount,
               l.prompt_tokens, l.cached_tokens, l.completion_tokens, l.reasoning_tokens, l.status, l.report_hash, l.recorded_at
        FROM late_completions l JOIN holds h ON h.job_id = l.job_id
        """;

    public static Account Account(DbDataReader row) =>
        new(row.GetString(0), row.Enum<AccountClass>(1), row.GetString(2), row.Nano(3), row.Nano(4), row.Time(5), row.TimeOrNull(6));

    public static StoredApiKey ApiKey(DbDataReader row) =>
        new(row.GetString(0), row.GetString(1), row.Bytes(2), row.GetString(3), row.Time(4), row.TimeOrNull(5), new KeyTrust(row.IsDBNull(6) ? null : row.GetString(6), row.GetInt64(7) != 0));

    public static Hold Hold(DbDataReader row)
    {
        HoldState state = row.Enum<HoldState>(4);
        return new Hold
        {
            JobId = row.Id(0),
            AccountId = row.GetString(1),
            ApiKeyId = row.IsDBNull(2) ? null : row.GetString(2),
            Channel = row.IsDBNull(33) ? null : row.GetString(33),
            Amount = row.Nano(3),
            State = state,
            RequestHash = row.Bytes(5),
            Model = row.GetString(6),
            PromptTokens = row.GetInt64(7),
            MaxCompletionTokens = row.GetInt64(8),
            PriceCap = Prices(row, 9),
            CreatedAt = row.Time(13),
            ExpiresAt = row.Time(14),
            Release = state == HoldState.Released ? new HoldRelease(row.GetString(16), row.Time(15)) : null,
            Capture = state == HoldState.Captured
                ? new HoldCapture(
                    row.Nano(17), row.Nano(18), row.Nano(19), row.GetString(20), row.GetString(21), Prices(row, 22), Usage(row, 26),
                    row.Enum<CompletionStatus>(30), row.BytesOrNull(31), row.Time(32))
                : null,
        };
    }

    public static LedgerEntry Entry(DbDataReader row) =>
        new(row.GetInt64(0), row.Id(1), row.Enum<TransactionKind>(2), row.GetString(3), row.Nano(4), row.GetString(5), row.Time(6));

    public static LateCompletion LateCompletion(DbDataReader row) =>
        new(row.Id(0), row.GetString(1), row.GetString(2), row.GetString(3), row.Nano(4), Usage(row, 5), row.Enum<CompletionStatus>(9), row.BytesOrNull(10), row.Time(11));

    /// <summary>The first row of a query, or null.</summary>
    public static T? One<T>(DbDataReader rows, Func<DbDataReader, T> row)
        where T : class
    {
        using (rows)
        {
            return rows.Read() ? row(rows) : null;
        }
    }

    private static TokenPrices Prices(DbDataReader row, int column) =>
        new(row.Nano(column), row.Nano(column + 1), row.Nano(column + 2), row.Nano(column + 3));

    private static TokenUsage Usage(DbDataReader row, int column) =>
        new(row.GetInt64(column), row.GetInt64(column + 1), row.GetInt64(column + 2), row.GetInt64(column + 3));
}
