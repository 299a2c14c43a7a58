using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ledger.Entries;
using CocoonOrleans.Ledger.Holds;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Sql;

/// <summary>Holds in the database, a statement for each step.</summary>
internal sealed class HoldStatements(SqlStatements statements, BookWriter book, AccountWriter accounts, OutboxWriter outbox, ClientChannelWriter channels) : IHoldBook
{
    private readonly SqlStatement _read = statements.Prepare(Rows.SelectHold + " WHERE h.job_id = $job");

    private readonly SqlStatement _insert = statements.Prepare(
        """
        INSERT INTO holds (job_id, account_id, api_key_id, amount, state, request_hash, model, prompt_tokens, max_completion_tokens,
                           cap_prompt, cap_cached, cap_completion, cap_request, shard, created_at, expires_at, channel)
        VALUES ($job, $account, $key, $amount, 'open', $hash, $model, $prompt, $max, $capPrompt, $capCached, $capCompletion, $capRequest, $shard, $now, $expires, $channel)
        """);

    private readonly SqlStatement _setCaptured = statements.Prepare("UPDATE holds SET state = 'captured' WHERE job_id = $job AND state = 'open'");

    private readonly SqlStatement _setReleased = statements.Prepare(
        "UPDATE holds SET state = 'released', released_at = $now, release_reason = $reason WHERE job_id = $job AND state = 'open'");

    private readonly SqlStatement _insertCapture = statements.Prepare(
        """
        INSERT INTO captures (job_id, amount, provider_amount, commission, provider_account_id, worker_id,
                              price_prompt, price_cached, price_completion, price_request,
                              prompt_tokens, cached_tokens, completion_tokens, reasoning_tokens, status, report_hash, captured_at)
        VALUES ($job, $amount, $provided, $commission, $provider, $worker, $pricePrompt, $priceCached, $priceCompletion, $priceRequest,
                $prompt, $cached, $completion, $reasoning, $status, $report, $now)
        """);

    private readonly SqlStatement _insertLate = statements.Prepare(
        """
        INSERT INTO late_completions (job_id, provider_account_id, worker_id, unpaid_amount,
                                      prompt_tokens, cached_tokens, completion_tokens, reasoning_tokens, status, report_hash, recorded_at)
        VALUES ($job, $provider, $worker, $amount, $prompt, $cached, $completion, $reasoning, $status, $report, $now)
        ON CONFLICT DO NOTHING
        """);

    public Hold? Find(Guid jobId) => Rows.One(_read.Query(("$job", Values.Blob(jobId))), Rows.Hold);

    public bool StoreVoucher(PlaceHold operation, DateTimeOffset now) =>
        channels.Store(operation.AccountId, operation.Channel!, operation.Voucher!, now);

    public Hold? TryPlace(PlaceHold operation, DateTimeOffset now)
    {
        if (operation.Channel is null ? !book.TryHold(operation.AccountId, operation.ApiKeyId, operation.Amount) : !channels.TryHold(operation))
        {
            return null;
        }

        byte[] id = Values.Blob(operation.JobId);
        _insert.Run(
            ("$job", id),
            ("$account", operation.AccountId),
            ("$key", operation.ApiKeyId),
            ("$amount", operation.Amount.Value),
            ("$hash", operation.RequestHash.ToArray()),
            ("$model", operation.Model),
            ("$prompt", operation.PromptTokens),
            ("$max", operation.MaxCompletionTokens),
            ("$capPrompt", operation.PriceCap.Prompt.Value),
            ("$capCached", operation.PriceCap.Cached.Value),
            ("$capCompletion", operation.PriceCap.Completion.Value),
            ("$capRequest", operation.PriceCap.Request.Value),
            ("$shard", (long)id[^1]),
            ("$now", now.ToUnixTimeMilliseconds()),
            ("$expires", operation.ExpiresAt.ToUnixTimeMilliseconds()),
            ("$channel", operation.Channel));
        return Find(operation.JobId);
    }

    public LedgerResult WhyNot(PlaceHold operation, bool forked) =>
        accounts.Refuse(operation.AccountId, mayBeClosed: false, AccountClass.Client)
            ?? (LedgerResult?)(operation.ApiKeyId is { } key ? accounts.Refuse(key, operation.AccountId) : null)
            ?? (operation.Channel is null ? book.Shortfall(operation.AccountId, operation.Amount)! : channels.Refuse(operation, forked));

    public AccountRefused? RefuseProvider(string account) => accounts.Refuse(account, mayBeClosed: true, AccountClass.Provider);

    public Hold Capture(Hold hold, CaptureHold operation, Nano amount, Nano commission, DateTimeOffset now)
    {
        Nano provided = amount - commission;
        byte[] id = Values.Blob(operation.JobId);
        Once(_setCaptured.Run(("$job", id)));
        _insertCapture.Run(
            ("$job", id),
            ("$amount", amount.Value),
            ("$provided", provided.Value),
            ("$commission", commission.Value),
            ("$provider", operation.ProviderAccountId),
            ("$worker", operation.WorkerId),
            ("$pricePrompt", operation.Prices.Prompt.Value),
            ("$priceCached", operation.Prices.Cached.Value),
            ("$priceCompletion", operation.Prices.Completion.Value),
            ("$priceRequest", operation.Prices.Request.Value),
            ("$prompt", operation.Usage.Prompt),
            ("$cached", operation.Usage.Cached),
            ("$completion", operation.Usage.Completion),
            ("$reasoning", operation.Usage.Reasoning),
            ("$status", Values.Name(operation.Status)),
            ("$report", operation.ReportHash?.ToArray()),
            ("$now", now.ToUnixTimeMilliseconds()));
        Settle(hold, amount, now);
        book.Book(
            operation.JobId,
            TransactionKind.Capture,
            hold.Model,
            now,
            (hold.Channel is { } channel ? ClientChannel.ReceivableOf(channel) : hold.AccountId, -amount),
            (operation.ProviderAccountId, provided),
            (WellKnownAccounts.Commission, commission));
        outbox.Captured(hold, operation, amount, provided, now);
        return Find(operation.JobId)!;
    }

    public void RecordLate(Hold hold, CaptureHold operation, Nano amount, DateTimeOffset now)
    {
        bool first = _insertLate.Run(
            ("$job", Values.Blob(operation.JobId)),
            ("$provider", operation.ProviderAccountId),
            ("$worker", operation.WorkerId),
            ("$amount", amount.Value),
            ("$prompt", operation.Usage.Prompt),
            ("$cached", operation.Usage.Cached),
            ("$completion", operation.Usage.Completion),
            ("$reasoning", operation.Usage.Reasoning),
            ("$status", Values.Name(operation.Status)),
            ("$report", operation.ReportHash?.ToArray()),
            ("$now", now.ToUnixTimeMilliseconds())) == 1;
        if (first)
        {
            outbox.Late(hold, operation.ProviderAccountId, now);
        }
    }

    public Hold Release(Hold hold, string reason, DateTimeOffset now)
    {
        Once(_setReleased.Run(("$job", Values.Blob(hold.JobId)), ("$reason", reason), ("$now", now.ToUnixTimeMilliseconds())));
        Settle(hold, Nano.Zero, now);
        outbox.Released(hold, now);
        return Find(hold.JobId)!;
    }

    /// <summary>Ends a hold where it stands: on the balance, or on a channel, which owes the charge from now on.</summary>
    private void Settle(Hold hold, Nano charge, DateTimeOffset now)
    {
        if (hold.Channel is not { } channel)
        {
            book.Settle(hold.AccountId, hold.Amount, charge);
            return;
        }

        channels.Settle(channel, hold.Amount, charge, now);
        if (charge > Nano.Zero && !book.TryDebit(ClientChannel.ReceivableOf(channel), charge))
        {
            throw new InvalidDataException("A channel can't owe that much.");
        }
    }

    private static void Once(int rows)
    {
        if (rows != 1)
        {
            throw new InvalidDataException("A hold changed while it was being settled.");
        }
    }
}
