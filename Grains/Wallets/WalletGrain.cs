using CocoonOrleans.Grains.Deposits;
using CocoonOrleans.Ledger;
using CocoonOrleans.Ledger.Deposits;
using CocoonOrleans.Ledger.Wallets;
using CocoonOrleans.Market;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Grains.Wallets;

/// <summary>
/// Sends a wallet's intents, each exactly once. It keeps nothing that counts: intents, signed bytes and the cursor stand in SQL, so it may die between any
/// two steps, and a second activation does no harm.
/// <list type="number">
/// <item>The wallet's history is taken into the books up to the state that was read; that says what became of signed bytes.</item>
/// <item>Bytes that may still run are sent again, the same ones, until the history has them or they have expired by the chain's clock.</item>
/// <item>Only when there are none, the next are signed; they are stored before they are sent.</item>
/// </list>
/// </summary>
internal sealed partial class WalletGrain(
    IWalletStore store,
    IDepositStore depositStore,
    IServiceProvider services,
    IOptions<WalletOptions> options,
    IOptions<DepositOptions> deposits,
    TimeProvider clock,
    ILogger<WalletGrain> logger) : Grain, IWalletGrain
{
    private const int MaxRounds = 8;
    private const int FollowedAtOnce = 100;

    /// <summary>Nodes take external messages of 65,535 bytes.</summary>
    private const int MaxMessageBytes = 60_000;

    /// <summary>What a message takes beside its body and what it deploys.</summary>
    private const int BytesAround = 160;

    private readonly ILogger _logger = logger;
    private readonly IWalletChain? _chain = services.GetService<IWalletChain>();
    private IGrainTimer? _timer;
    private DateTimeOffset? _lookedAt;
    private DateTimeOffset? _sentAt;
    private DateTimeOffset? _stopSaidAt;

    private string Wallet => this.GetPrimaryKeyString();

    public Task WakeAsync(CancellationToken cancellationToken)
    {
        // Where this silo has no key for it, the intents just wait: another configuration may have.
        if (_chain?.Wallets.Contains(Wallet) == true)
        {
            Schedule(TimeSpan.Zero);
        }

        return Task.CompletedTask;
    }

    private void Schedule(TimeSpan due)
    {
        if (_timer is null)
        {
            _timer = this.RegisterGrainTimer(RunAsync, new GrainTimerCreationOptions(due, Timeout.InfiniteTimeSpan) { KeepAlive = true });
        }
        else
        {
            _timer.Change(due, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        bool busy = true;
        try
        {
            busy = await DrainAsync(_chain!, cancellationToken);
        }
        catch (Exception error) when (error is ChainUnavailableException or LedgerUnavailableException)
        {
            LogFailed(options.Value.Resend, error.Message);
        }

        if (busy)
        {
            Schedule(options.Value.Resend);
        }
    }

    /// <returns>Whether something is on its way.</returns>
    private async Task<bool> DrainAsync(IWalletChain chain, CancellationToken cancellationToken)
    {
        for (int round = 0; round < MaxRounds; round++)
        {
            WalletSend? open = await store.FindOpenSendAsync(Wallet, cancellationToken);
            IReadOnlyList<Intent> next = open is null
                ? await store.ListWaitingAsync(Wallet, options.Value.BatchSize, cancellationToken)
                : await store.ListCarriedAsync(open, cancellationToken);
            if (open is null && next.Count == 0 && clock.GetUtcNow() - _lookedAt < options.Value.IdleLook)
            {
                return await FollowAsync(chain, cancellationToken);
            }

            Nano atStake = next.Aggregate(Nano.Zero, (sum, intent) => sum + intent.Value);
            WalletAccount account = await chain.ReadAsync(Wallet, atStake, cancellationToken);
            WalletCursor cursor = await AdvanceAsync(chain, account, cancellationToken);
            _lookedAt = clock.GetUtcNow();
            if (open is not null)
            {
                if (!await ContinueAsync(chain, open, account, cancellationToken))
                {
                    await FollowAsync(chain, cancellationToken);
                    return true;
                }
            }
            else if (next.Count == 0 && NeedsDeployment(account))
            {
                await SignAsync(chain, [], account, cursor, cancellationToken);
            }
            else if (next.Count == 0 || !await SignAsync(chain, next, account, cursor, cancellationToken))
            {
                bool followed = await FollowAsync(chain, cancellationToken);
                return followed || next.Count > 0;
            }
        }

        return true;
    }

    /// <summary>Goes on with bytes that may run.</summary>
    /// <returns>Whether they are at an end, so that the next ones can be signed.</returns>
    private async Task<bool> ContinueAsync(IWalletChain chain, WalletSend open, WalletAccount account, CancellationToken cancellationToken)
    {
        if (await store.FindOpenSendAsync(Wallet, cancellationToken) is not { } still || !still.BodyHash.Span.SequenceEqual(open.BodyHash.Span))
        {
            return true;
        }

        if (account.Seqno > open.Seqno)
        {
            // The history up to this state is in the books, and these bytes are not in it: something else used their counter, so they are void.
            LogForeign(open.Seqno);
            await store.TryEndSendAsync(open, SendEnd.Foreign, cancellationToken);
            return true;
        }

        if (account.Time > open.ValidUntil + (long)options.Value.ExpiryMargin.TotalSeconds)
        {
            LogExpired(open.Seqno, open.Attempt);
            await store.TryEndSendAsync(open, SendEnd.Expired, cancellationToken);
            return true;
        }

        if (_sentAt is null || clock.GetUtcNow() - _sentAt >= options.Value.Resend)
        {
            await TrySendAsync(chain, open, cancellationToken);
        }

        return false;
    }

    /// <summary>
    /// Whether the wallet has no code yet, and clients are to send coins to it: what is sent to an address without code may bounce, so nobody is shown it before.
    /// </summary>
    private bool NeedsDeployment(WalletAccount account) =>
        deposits.Value.Accept && account.Seqno == 0 && account.Balance.Value > 2 * options.Value.MessageReserveNano;

    /// <summary>Signs, stores, and only then sends.</summary>
    /// <returns>Whether bytes were signed.</returns>
    private async Task<bool> SignAsync(
        IWalletChain chain, IReadOnlyList<Intent> waiting, WalletAccount account, WalletCursor cursor, CancellationToken cancellationToken)
    {
        if (account.LastLt != cursor.Lt)
        {
            // The books know more than this answer: its counter may be an old one.
            return false;
        }

        if (!await MaySignAsync(cancellationToken))
        {
            return false;
        }

        IReadOnlyList<Intent> covered = Covered(waiting, account.Balance);
        if (covered.Count == 0 && waiting.Count > 0)
        {
            LogTooLittle(account.Balance.Value, waiting.Count);
            return false;
        }

        int attempt = await store.NextAttemptAsync(Wallet, account.Seqno, cancellationToken);
        WalletSend send = chain.Sign(Wallet, account.Seqno, attempt, account.Time + (long)options.Value.Validity.TotalSeconds, covered);
        if (await store.TryAddSendAsync(send, cursor.Lt, covered, cancellationToken))
        {
            LogSigned(covered.Count, send.Seqno, send.Attempt);
            await TrySendAsync(chain, send, cancellationToken);
        }

        return true;
    }

    /// <summary>
    /// Whether the book knows all that the key has signed. Where it doesn't, it is older than the wallet, or somebody else has the key: what it would send may
    /// have left already, so a person must look first.
    /// </summary>
    private async Task<bool> MaySignAsync(CancellationToken cancellationToken)
    {
        if (await store.FindStopAsync(Wallet, cancellationToken) is not { } stopped)
        {
            return true;
        }

        if (_stopSaidAt is null || clock.GetUtcNow() - _stopSaidAt >= options.Value.IdleLook)
        {
            _stopSaidAt = clock.GetUtcNow();
            LogStopped(stopped);
        }

        return false;
    }

    private async Task TrySendAsync(IWalletChain chain, WalletSend send, CancellationToken cancellationToken)
    {
        _sentAt = clock.GetUtcNow();
        try
        {
            await chain.SendAsync(send, cancellationToken);
        }
        catch (ChainUnavailableException error)
        {
            // A refusal too: it is also what bytes are told that ran already.
            LogSendUnknown(send.Seqno, error.Message);
        }
    }

    /// <summary>Takes the wallet's history into the books, up to the state that was read.</summary>
    private async Task<WalletCursor> AdvanceAsync(IWalletChain chain, WalletAccount account, CancellationToken cancellationToken)
    {
        WalletCursor? cursor = await store.FindCursorAsync(Wallet, cancellationToken);
        if (cursor is null)
        {
            // A wallet that has sent already is read from its beginning: what it sent may have been for what this book, restored from an old backup, still owes.
            cursor = account.Seqno == 0
                ? new WalletCursor(account.LastLt, account.LastHash, account.Balance)
                : new WalletCursor(Lt: 0, new byte[32], Nano.Zero);
            await store.OpenWalletAsync(Wallet, cursor, cancellationToken);
        }

        // A long history comes in parts; each that was taken in stays so, whatever becomes of the next.
        while (account.LastLt > cursor.Lt)
        {
            IReadOnlyList<WalletTransaction> history = await ReadHistoryAsync(chain, account, cursor, cancellationToken);
            if (history.Count == 0)
            {
                throw new ChainUnavailableException("the wallet's history was not told");
            }

            foreach (WalletTransaction transaction in history)
            {
                cursor = await store.TryApplyAsync(await ExplainAsync(transaction, cancellationToken), cancellationToken)
                    ?? throw new ChainUnavailableException("another activation is taking the wallet's history into the books");
            }
        }

        // A read for the sake of deposits may have been of a newer state, and have taken more.
        if (cursor.Lt == account.LastLt && cursor.Balance != account.Balance)
        {
            LogDifference(account.Balance.Value, cursor.Balance.Value);
        }

        return cursor;
    }

    /// <summary>
    /// The history up to a state that so many endpoints agree on as what came in calls for: deposits are not credited because one endpoint says so.
    /// </summary>
    private async Task<IReadOnlyList<WalletTransaction>> ReadHistoryAsync(
        IWalletChain chain, WalletAccount account, WalletCursor cursor, CancellationToken cancellationToken)
    {
        Nano agreedFor = Nano.Zero;
        while (true)
        {
            IReadOnlyList<WalletTransaction> history = account.LastLt > cursor.Lt
                ? await chain.ReadHistoryAsync(Wallet, account, cursor, cancellationToken)
                : [];
            Nano received = !deposits.Value.Accept ? Nano.Zero : history
                .Where(transaction => transaction.Note != TransferNote.Other)
                .Aggregate(Nano.Zero, (sum, transaction) => sum + transaction.Received);
            if (received <= agreedFor)
            {
                return history;
            }

            agreedFor = received;
            account = await chain.ReadAsync(Wallet, agreedFor, cancellationToken);
        }
    }

    private async Task<WalletStep> ExplainAsync(WalletTransaction transaction, CancellationToken cancellationToken)
    {
        WalletSend? send = transaction.ExternalBody is { } body ? await store.FindSendAsync(Wallet, body, cancellationToken) : null;
        IReadOnlyList<Intent> carried = send is null ? [] : await store.ListCarriedAsync(send, cancellationToken);
        (IReadOnlyList<SentIntent> sent, IReadOnlyList<WalletPayment> others) = SentMessages.Match(transaction.Payments, carried);
        if (send is not null)
        {
            LogRan(send.Seqno, sent.Count, carried.Count - sent.Count);
        }

        if (others.Count > 0)
        {
            LogSentByOthers(others.Aggregate(Nano.Zero, (sum, payment) => sum + payment.Value).Value, transaction.Lt);
        }

        return new WalletStep
        {
            Wallet = Wallet,
            PreviousLt = transaction.PreviousLt,
            Lt = transaction.Lt,
            Hash = transaction.Hash,
            Fees = transaction.Fees,
            Received = transaction.Received,
            Receipt = transaction.Receipt,
            PaidCumulative = transaction.PaidCumulative,
            Note = transaction.Note,
            Comment = transaction.Comment,
            Deposits = deposits.Value.Accept ? deposits.Value.Rules : null,
            Source = transaction.Source,
            BouncedQueryId = transaction.BouncedQueryId,
            Send = send,
            IsOfUnknownBytes = transaction.ExternalBody is not null && send is null,
            Sent = sent,
            Unknown = [.. others.Select(payment => Unknown(Wallet, transaction, payment))],
        };
    }

    /// <summary>Looks what destinations made of messages that have left.</summary>
    /// <returns>Whether some of them are still on their way.</returns>
    private async Task<bool> FollowAsync(IWalletChain chain, CancellationToken cancellationToken)
    {
        bool open = false;
        foreach (Intent intent in await store.ListSentAsync(Wallet, FollowedAtOnce, cancellationToken))
        {
            MessageOutcome? outcome = null;
            try
            {
                outcome = await chain.FindOutcomeAsync(intent, cancellationToken);
            }
            catch (ChainUnavailableException error) when (error.IsOfThisQuestion)
            {
                // Of this one it can't be told now, which says nothing of the others. A chain that is away is waited for once, not for each.
                LogNotFollowed(intent.IntentId, error.Message);
            }

            if (outcome is null)
            {
                open = true;
                continue;
            }

            if (outcome.Bounced)
            {
                LogBounced(intent.QueryId, outcome.ExitCode);

                // Its coins come back with one more transaction.
                open = true;
                _lookedAt = null;
            }

            await store.EndIntentAsync(intent.IntentId, outcome.Bounced, outcome.ExitCode, cancellationToken);
        }

        return open;
    }

    /// <summary>The first intents that the wallet's coins cover, with a reserve for each. Never a later one before an earlier one: else large ones would wait for ever.</summary>
    private List<Intent> Covered(IReadOnlyList<Intent> waiting, Nano balance)
    {
        Nano reserve = new(options.Value.MessageReserveNano);
        Nano left = balance - reserve;
        int bytesLeft = MaxMessageBytes;
        List<Intent> covered = [];
        foreach (Intent intent in waiting)
        {
            left -= intent.Value + reserve;
            bytesLeft -= intent.Body.Length + (intent.Init?.Length ?? 0) + BytesAround;
            if (left < Nano.Zero || bytesLeft < 0)
            {
                break;
            }

            covered.Add(intent);
        }

        return covered;
    }
}
