using CocoonOrleans.Grains.Providers;
using CocoonOrleans.Ledger.Deposits;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Wallets;
using CocoonOrleans.Market;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Grains.Wallets;

/// <summary>
/// Finds out what payments were for that a wallet sent and its book, restored from a backup, knows nothing of. Each message carries the number of its intent,
/// and the ids of payouts follow from what was paid before: so each payout names the next, as far as the book has forgotten. Give it the payments in the
/// order in which they left.
/// </summary>
internal sealed class PaymentMatching
{
    private readonly Dictionary<string, Nano> _charged;
    private readonly Dictionary<long, string> _next;
    private readonly Dictionary<string, string> _owners;
    private readonly IReadOnlySet<string> _channels;

    /// <summary>Takes what the books know.</summary>
    /// <param name="payees">Whom the wallet may have paid.</param>
    public PaymentMatching(KnownPayees payees)
    {
        _charged = payees.Providers.ToDictionary(provider => provider.AccountId, provider => provider.Charged, StringComparer.Ordinal);
        _next = payees.Providers.ToDictionary(provider => Next(provider.AccountId, provider.Charged), provider => provider.AccountId);
        _owners = payees.Addresses.GroupBy(address => address.Address, StringComparer.Ordinal)
            .Where(group => group.Count() == 1)
            .ToDictionary(group => group.Key, group => group.Single().AccountId, StringComparer.Ordinal);
        _channels = payees.Channels;
    }

    /// <summary>The number in a message's body by which an intent is known; null where there is none.</summary>
    public static long? QueryIdOf(ReadOnlyMemory<byte>? body) =>
        Parse(body) is not { } cell ? null
        : PaymentNote.FindPayout(cell) is { } payout ? payout
        : PaymentNote.FindRefund(cell) is { } deposit ? PlaceIntent.QueryIdOf(RefundDeposit.IntentIdOf(deposit))
        : ChannelMessages.Find(cell) is { QueryId: <= long.MaxValue } request ? (long)request.QueryId
        : null;

    /// <summary>Explains the next payment.</summary>
    /// <param name="payment">It.</param>
    /// <param name="named">The intent that the book has under its number; null where it has none.</param>
    /// <param name="findDeposit">Reads a deposit by its number.</param>
    /// <returns>Null where nobody can tell.</returns>
    public async Task<PaymentExplanation?> ExplainAsync(UnknownPayment payment, Intent? named, Func<long, Task<Deposit?>> findDeposit)
    {
        if (payment.Value <= Nano.Zero || Parse(payment.Body) is not { } body)
        {
            return null;
        }

        // What has left by an intent of the book, and once more by unknown bytes, is nobody's to explain.
        return named is not null ? (named.State == IntentState.Waiting && named.Destination == payment.Destination ? Waiting(payment, named, body) : null)
            : PaymentNote.FindPayout(body) is { } query ? Payout(payment, query)
            : PaymentNote.FindRefund(body) is { } deposit ? Refund(payment, deposit, await findDeposit(deposit))
            : ChannelMessages.Find(body) is { } request ? Request(payment, request)
            : null;
    }

    /// <summary>The book has the intent, and doesn't know that it left.</summary>
    private PaymentExplanation? Waiting(UnknownPayment payment, Intent waiting, Cell body)
    {
        Nano? deposited = ChannelMessages.Find(body)?.Deposit;
        if (waiting.Purpose == IntentPurpose.TopUp ? deposited is not { } amount || amount > payment.Value : waiting.Purpose == IntentPurpose.ChannelCall && deposited is not null)
        {
            return null;
        }

        bool isRefund = waiting is { Purpose: IntentPurpose.Payout, AccountId: { } account } && !_charged.ContainsKey(account);
        if (isRefund && waiting.Value != payment.Value)
        {
            return null;
        }

        if (waiting.Purpose == IntentPurpose.Payout && !isRefund)
        {
            Charge(waiting.AccountId!, payment.Value - waiting.Amount);
        }

        return new PaymentExplanation
        {
            Kind = isRefund ? UnknownPaymentState.Refund
                : waiting.Purpose switch
                {
                    IntentPurpose.Payout => UnknownPaymentState.Payout,
                    IntentPurpose.TopUp => UnknownPaymentState.TopUp,
                    _ => UnknownPaymentState.ChannelCall,
                },
            Waiting = waiting,
            AccountId = isRefund ? null : waiting.AccountId,
            Deposited = deposited ?? Nano.Zero,
        };
    }

    private PaymentExplanation? Payout(UnknownPayment payment, long query)
    {
        Guid? intentId = null;
        if (_next.TryGetValue(query, out string? provider))
        {
            intentId = ProviderPayouts.IdOf(provider, _charged[provider]);
        }
        else if (!_owners.TryGetValue(payment.Destination, out provider) || !_charged.ContainsKey(provider))
        {
            return null;
        }

        Charge(provider, payment.Value);
        return new PaymentExplanation { Kind = UnknownPaymentState.Payout, IntentId = intentId, AccountId = provider };
    }

    private static PaymentExplanation? Refund(UnknownPayment payment, long number, Deposit? deposit) =>
        deposit is { State: DepositState.Suspense } && deposit.Amount == payment.Value && deposit.Wallet == payment.Wallet
            ? new PaymentExplanation { Kind = UnknownPaymentState.Refund, IntentId = RefundDeposit.IntentIdOf(number), Deposit = number }
            : null;

    /// <summary>A message to a channel that the book knows; one to another channel only where all of it is gas, of which most has come back.</summary>
    private PaymentExplanation? Request(UnknownPayment payment, (ulong QueryId, Nano? Deposit) request) => request.Deposit switch
    {
        { } amount when _channels.Contains(payment.Destination) && amount <= payment.Value =>
            new PaymentExplanation { Kind = UnknownPaymentState.TopUp, Deposited = amount },
        null when _channels.Contains(payment.Destination) || payment.Value <= ChannelMessages.CallGas =>
            new PaymentExplanation { Kind = UnknownPaymentState.ChannelCall },
        _ => null,
    };

    private void Charge(string provider, Nano amount)
    {
        _next.Remove(Next(provider, _charged[provider]));
        _charged[provider] += amount;
        _next[Next(provider, _charged[provider])] = provider;
    }

    private static long Next(string provider, Nano charged) => PlaceIntent.QueryIdOf(ProviderPayouts.IdOf(provider, charged));

    private static Cell? Parse(ReadOnlyMemory<byte>? body)
    {
        try
        {
            return body is { } bytes ? Boc.Parse(bytes.Span) : null;
        }
        catch (TonFormatException)
        {
            return null;
        }
    }
}
