using CocoonOrleans.Ledger.Wallets;
using CocoonOrleans.Market;

namespace CocoonOrleans.Grains.Wallets;

/// <summary>Books what the wallet sent and its book has forgotten, so that it isn't sent again.</summary>
internal sealed partial class WalletGrain
{
    /// <summary>So many payments are shown and booked by one call; the rest by the next.</summary>
    private const int ReconciledAtOnce = 1000;

    public async Task<WalletReconciliation> ReconcileAsync(bool apply, long acceptLt, CancellationToken cancellationToken)
    {
        if (_chain?.Wallets.Contains(Wallet) != true)
        {
            return new WalletReconciliation { Status = WalletReconciliationStatus.NoWallet, Wallet = Wallet };
        }

        try
        {
            // Whatever the amounts, the chain is believed only where as many endpoints agree as for the largest.
            WalletAccount account = await _chain.ReadAsync(Wallet, new Nano(long.MaxValue), cancellationToken);
            await AdvanceAsync(_chain, account, cancellationToken);
            if (await store.FindOpenSendAsync(Wallet, cancellationToken) is { } open && !await ContinueAsync(_chain, open, account, cancellationToken))
            {
                return new WalletReconciliation { Status = WalletReconciliationStatus.Sending, Wallet = Wallet };
            }
        }
        catch (ChainUnavailableException error)
        {
            LogFailed(options.Value.Resend, error.Message);
            return new WalletReconciliation { Status = WalletReconciliationStatus.ChainAway, Wallet = Wallet };
        }

        IReadOnlyList<UnknownPayment> unknown = await store.ListUnknownAsync(Wallet, ReconciledAtOnce, cancellationToken);
        List<(UnknownPayment Payment, PaymentExplanation? Explanation)> explained = await ExplainAsync(unknown, cancellationToken);
        long? stopped = await store.FindStopAsync(Wallet, cancellationToken);
        if (apply)
        {
            stopped = await ApplyAsync(explained, stopped, acceptLt, cancellationToken);
        }

        return new WalletReconciliation
        {
            Status = stopped is null ? WalletReconciliationStatus.Running : WalletReconciliationStatus.Stopped,
            Wallet = Wallet,
            StoppedLt = stopped ?? 0,
            IsApplied = apply,
            HasMore = unknown.Count == ReconciledAtOnce,
            Payments = [.. explained.Select(pair => View(pair.Payment, pair.Explanation, isAccepted: apply && acceptLt != 0 && stopped is null))],
        };
    }

    private async Task<List<(UnknownPayment Payment, PaymentExplanation? Explanation)>> ExplainAsync(
        IReadOnlyList<UnknownPayment> unknown, CancellationToken cancellationToken)
    {
        List<(UnknownPayment Payment, PaymentExplanation? Explanation)> explained = [];
        if (unknown.Count == 0)
        {
            return explained;
        }

        var matching = new PaymentMatching(await store.ReadPayeesAsync(cancellationToken));
        foreach (UnknownPayment payment in unknown)
        {
            Intent? named = payment.QueryId is { } query ? await store.FindByQueryAsync(query, cancellationToken) : null;
            explained.Add((payment, await matching.ExplainAsync(payment, named, number => depositStore.FindDepositAsync(number, cancellationToken))));
        }

        return explained;
    }

    /// <returns>The transaction that still stops the wallet; null where it goes on.</returns>
    private async Task<long?> ApplyAsync(
        List<(UnknownPayment Payment, PaymentExplanation? Explanation)> explained, long? stopped, long acceptLt, CancellationToken cancellationToken)
    {
        for (int i = 0; i < explained.Count; i++)
        {
            if (explained[i] is not (var payment, { } explanation))
            {
                continue;
            }

            if (await store.TryExplainAsync(payment, explanation, cancellationToken))
            {
                LogReconciled(payment.Value.Value, payment.Destination, payment.Lt, explanation.Kind);
            }
            else
            {
                explained[i] = (payment, null);
            }
        }

        if (stopped is not { } lt)
        {
            return null;
        }

        bool isWhole = explained.Count < ReconciledAtOnce;
        if (acceptLt == lt && isWhole && await store.AcceptUnknownAsync(Wallet, lt, cancellationToken) is > 0 and var accepted)
        {
            LogAccepted(accepted, lt);
        }

        if (!isWhole || !await store.TryResumeAsync(Wallet, lt, cancellationToken))
        {
            return lt;
        }

        LogResumed(lt);
        Schedule(TimeSpan.Zero);
        return null;
    }

    private static ReconciledPayment View(UnknownPayment payment, PaymentExplanation? explanation, bool isAccepted) => new(
        payment.Lt,
        payment.Hash.ToArray(),
        payment.Destination,
        payment.Value,
        explanation is null ? (isAccepted ? "accepted" : "unknown") : explanation.Kind.ToString().ToLowerInvariant(),
        explanation?.AccountId);

    private static UnknownPayment Unknown(string wallet, WalletTransaction transaction, WalletPayment payment) => new()
    {
        Wallet = wallet,
        MessageLt = payment.Lt,
        Lt = transaction.Lt,
        Hash = transaction.Hash,
        Destination = payment.Destination,
        Value = payment.Value,
        BodyHash = payment.BodyHash,
        Body = payment.Body,
        QueryId = PaymentMatching.QueryIdOf(payment.Body),
    };
}
