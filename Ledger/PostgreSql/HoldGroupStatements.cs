using System.Data.Common;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Entries;
using CocoonOrleans.Ledger.Holds;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Sql;
using CocoonOrleans.Market;
using CocoonOrleans.Market.Prices;
using Npgsql;
using NpgsqlTypes;

namespace CocoonOrleans.Ledger.PostgreSql;

/// <summary>Reads what a group of holds is judged by, and writes what became of it: two round trips, however many holds there are.</summary>
internal static class HoldGroupStatements
{
    private const string ReadHolds = Rows.SelectHold + " WHERE h.job_id = ANY($1)";

    private const string ReadAccounts =
        """
        SELECT a.account_id, a.class, a.closed_at IS NOT NULL, p.balance, p.held, p.floor
        FROM accounts a LEFT JOIN payers p ON p.account_id = a.account_id
        WHERE a.account_id = ANY($1) OR a.account_id = ANY(ARRAY(SELECT h.account_id FROM holds h WHERE h.job_id = ANY($2)))
        """;

    private const string ReadKeys = "SELECT key_id, account_id, revoked_at IS NOT NULL FROM api_keys WHERE key_id = ANY($1)";

    private const string ReadLate = "SELECT job_id, worker_id FROM late_completions WHERE job_id = ANY($1)";

    private const string Place =
        """
        INSERT INTO holds (job_id, account_id, api_key_id, amount, state, request_hash, model, prompt_tokens, max_completion_tokens,
                           cap_prompt, cap_cached, cap_completion, cap_request, shard, created_at, expires_at)
        SELECT n.job, n.account, n.key, n.amount, 'open', n.hash, n.model, n.prompt, n.max, n.cap_prompt, n.cap_cached, n.cap_completion, n.cap_request, n.shard, n.at, n.expires
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
            AS n (job, account, key, amount, hash, model, prompt, max, cap_prompt, cap_cached, cap_completion, cap_request, shard, at, expires)
        WHERE EXISTS (SELECT 1 FROM accounts a WHERE a.account_id = n.account AND a.class = 'client' AND a.closed_at IS NULL)
          AND (n.key IS NULL OR EXISTS (SELECT 1 FROM api_keys k WHERE k.key_id = n.key AND k.account_id = n.account AND k.revoked_at IS NULL))
        """;

    private const string Move =
        """
        UPDATE payers p SET balance = p.balance + n.balance, held = p.held + n.held
        FROM unnest($1, $2, $3) AS n (account, balance, held)
        WHERE p.account_id = n.account AND p.held + n.held >= 0 AND p.balance - p.held - p.floor >= n.held - n.balance
        """;

    private const string SetCaptured = "UPDATE holds SET state = 'captured' WHERE job_id = ANY($1) AND state = 'open'";

    private const string Capture =
        """
        INSERT INTO captures (job_id, amount, provider_amount, commission, provider_account_id, worker_id,
                              price_prompt, price_cached, price_completion, price_request,
                              prompt_tokens, cached_tokens, completion_tokens, reasoning_tokens, status, report_hash, captured_at)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
        """;

    private const string SetReleased =
        """
        UPDATE holds h SET state = 'released', released_at = n.at, release_reason = n.reason
        FROM unnest($1, $2, $3) AS n (job, at, reason) WHERE h.job_id = n.job AND h.state = 'open'
        """;

    private const string RecordLate =
        """
        INSERT INTO late_completions (job_id, provider_account_id, worker_id, unpaid_amount,
                                      prompt_tokens, cached_tokens, completion_tokens, reasoning_tokens, status, report_hash, recorded_at)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """;

    private const string AddLegs = "INSERT INTO entries (transaction_id, account_id, amount) SELECT * FROM unnest($1, $2, $3)";

    private const string Seal = "INSERT INTO transactions (transaction_id, kind, reason, created_at) SELECT * FROM unnest($1, $2, $3, $4)";

    private const string AddToOutbox =
        """
        INSERT INTO outbox (kind, job_id, day, model, client_account_id, provider_account_id, prompt_tokens, cached_tokens, completion_tokens, charged, earned)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """;

    /// <summary>The queries of what these operations are judged by, in the order in which <see cref="Read"/> takes their rows.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Reading(IReadOnlyList<LedgerOperation> operations)
    {
        List<Guid> jobs = [], settled = [];
        HashSet<string> accounts = [], keys = [];
        foreach (LedgerOperation operation in operations)
        {
            switch (operation)
            {
                case PlaceHold hold:
                    jobs.Add(hold.JobId);
                    accounts.Add(hold.AccountId);
                    if (hold.ApiKeyId is { } key)
                    {
                        keys.Add(key);
                    }

                    break;
                case CaptureHold capture:
                    settled.Add(capture.JobId);
                    accounts.Add(capture.ProviderAccountId);
                    break;
                case ReleaseHold release:
                    settled.Add(release.JobId);
                    break;
            }
        }

        jobs.AddRange(settled);
        yield return new Columns<Guid>(ReadHolds, jobs).Bytes(Values.Blob).Command;
        NpgsqlBatchCommand readAccounts = new Columns<string>(ReadAccounts, [.. accounts]).Text(account => account).Command;
        readAccounts.Parameters.Add(new NpgsqlParameter { Value = settled.Select(Values.Blob).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
        yield return readAccounts;
        yield return new Columns<string>(ReadKeys, [.. keys]).Text(key => key).Command;
        yield return new Columns<Guid>(ReadLate, settled).Bytes(Values.Blob).Command;
    }

    /// <summary>Takes the queries' rows, of which the first is current.</summary>
    public static HoldGroup Read(DbDataReader rows)
    {
        HoldGroup group = new();
        while (rows.Read())
        {
            group.Know(Rows.Hold(rows));
        }

        rows.NextResult();
        while (rows.Read())
        {
            group.Know(
                rows.GetString(0), rows.Enum<AccountClass>(1), rows.GetBoolean(2), rows.IsDBNull(3) ? null : (rows.Nano(3), rows.Nano(4), rows.Nano(5)));
        }

        rows.NextResult();
        while (rows.Read())
        {
            group.KnowKey(rows.GetString(0), rows.GetString(1), rows.GetBoolean(2));
        }

        rows.NextResult();
        while (rows.Read())
        {
            group.KnowLate(rows.Id(0), rows.GetString(1));
        }

        return group;
    }

    /// <summary>Writes what became of the group.</summary>
    /// <exception cref="InvalidDataException">The database refused a part of it: nothing of the transaction may stay.</exception>
    public static void Write(NpgsqlConnection connection, HoldGroup group)
    {
        using NpgsqlBatch batch = new(connection);
        List<int> counts = [];

        void Add<T>(Columns<T> columns)
        {
            if (columns.Count > 0)
            {
                batch.BatchCommands.Add(columns.Command);
                counts.Add(columns.Count);
            }
        }

        Add(new Columns<Hold>(Place, group.Placed)
            .Bytes(hold => Values.Blob(hold.JobId))
            .Text(hold => hold.AccountId)
            .Text(hold => hold.ApiKeyId)
            .Number(hold => hold.Amount.Value)
            .Bytes(hold => hold.RequestHash.ToArray())
            .Text(hold => hold.Model)
            .Number(hold => hold.PromptTokens)
            .Number(hold => hold.MaxCompletionTokens)
            .Number(hold => hold.PriceCap.Prompt.Value)
            .Number(hold => hold.PriceCap.Cached.Value)
            .Number(hold => hold.PriceCap.Completion.Value)
            .Number(hold => hold.PriceCap.Request.Value)
            .Number(hold => Values.Blob(hold.JobId)[^1])
            .Number(hold => hold.CreatedAt.ToUnixTimeMilliseconds())
            .Number(hold => hold.ExpiresAt.ToUnixTimeMilliseconds()));
        Add(new Columns<(string Account, Nano Balance, Nano Held)>(Move, [.. group.Changes])
            .Text(change => change.Account)
            .Number(change => change.Balance.Value)
            .Number(change => change.Held.Value));
        Add(new Columns<Hold>(SetCaptured, group.Captured).Bytes(hold => Values.Blob(hold.JobId)));
        Add(new Columns<Hold>(Capture, group.Captured)
            .Bytes(hold => Values.Blob(hold.JobId))
            .Number(hold => hold.Capture!.Amount.Value)
            .Number(hold => hold.Capture!.ProviderAmount.Value)
            .Number(hold => hold.Capture!.Commission.Value)
            .Text(hold => hold.Capture!.ProviderAccountId)
            .Text(hold => hold.Capture!.WorkerId)
            .Number(hold => hold.Capture!.Prices.Prompt.Value)
            .Number(hold => hold.Capture!.Prices.Cached.Value)
            .Number(hold => hold.Capture!.Prices.Completion.Value)
            .Number(hold => hold.Capture!.Prices.Request.Value)
            .Number(hold => hold.Capture!.Usage.Prompt)
            .Number(hold => hold.Capture!.Usage.Cached)
            .Number(hold => hold.Capture!.Usage.Completion)
            .Number(hold => hold.Capture!.Usage.Reasoning)
            .Text(hold => Values.Name(hold.Capture!.Status))
            .Bytes(hold => hold.Capture!.ReportHash?.ToArray())
            .Number(hold => hold.Capture!.At.ToUnixTimeMilliseconds()));
        Add(new Columns<Hold>(SetReleased, group.Released)
            .Bytes(hold => Values.Blob(hold.JobId))
            .Number(hold => hold.Release!.At.ToUnixTimeMilliseconds())
            .Text(hold => hold.Release!.Reason));
        Add(new Columns<(CaptureHold Operation, Nano Amount, DateTimeOffset At)>(RecordLate, group.Late)
            .Bytes(late => Values.Blob(late.Operation.JobId))
            .Text(late => late.Operation.ProviderAccountId)
            .Text(late => late.Operation.WorkerId)
            .Number(late => late.Amount.Value)
            .Number(late => late.Operation.Usage.Prompt)
            .Number(late => late.Operation.Usage.Cached)
            .Number(late => late.Operation.Usage.Completion)
            .Number(late => late.Operation.Usage.Reasoning)
            .Text(late => Values.Name(late.Operation.Status))
            .Bytes(late => late.Operation.ReportHash?.ToArray())
            .Number(late => late.At.ToUnixTimeMilliseconds()));
        Add(new Columns<(Guid Transaction, string Account, Nano Amount)>(AddLegs, group.Legs)
            .Bytes(leg => Values.Blob(leg.Transaction))
            .Text(leg => leg.Account)
            .Number(leg => leg.Amount.Value));
        Add(new Columns<Hold>(Seal, group.Captured)
            .Bytes(hold => Values.Blob(hold.JobId))
            .Text(_ => Values.Name(TransactionKind.Capture))
            .Text(hold => hold.Model)
            .Number(hold => hold.Capture!.At.ToUnixTimeMilliseconds()));
        Add(new Columns<(string Kind, Hold Hold, CaptureHold? Completion, DateTimeOffset At)>(AddToOutbox, group.Outbox)
            .Text(row => row.Kind)
            .Bytes(row => Values.Blob(row.Hold.JobId))
            .Number(row => DateOnly.FromDateTime(row.At.UtcDateTime).DayNumber)
            .Text(row => row.Hold.Model)
            .Text(row => row.Hold.AccountId)
            .Text(row => row.Completion?.ProviderAccountId)
            .Number(row => Used(row.Hold).Prompt)
            .Number(row => Used(row.Hold).Cached)
            .Number(row => Used(row.Hold).Completion)
            .Number(row => row.Hold.Capture?.Amount.Value ?? 0)
            .Number(row => row.Hold.Capture?.ProviderAmount.Value ?? 0));

        if (counts.Count == 0)
        {
            return;
        }

        batch.ExecuteNonQuery();
        for (int i = 0; i < counts.Count; i++)
        {
            if (batch.BatchCommands[i].RecordsAffected != counts[i])
            {
                throw new InvalidDataException("The database refuses what was judged by what it had told before.");
            }
        }
    }

    private static TokenUsage Used(Hold hold) => hold.Capture?.Usage ?? default;
}
