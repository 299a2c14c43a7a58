using CocoonOrleans.Grains.Wallets;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Wallets;
using CocoonOrleans.Market;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Chain;
using CocoonOrleans.Ton.Messages;
using CocoonOrleans.Ton.Vouchers;
using CocoonOrleans.Ton.Wallets;

namespace CocoonOrleans.Silo.Chain;

/// <summary>The operator's wallet on TON, for its grain: a W5, since it can send 255 messages at once.</summary>
internal sealed class TonWalletChain(TonChain chain, OperatorWallet operatorWallet) : IWalletChain
{
    /// <summary>So many transactions are taken into the books at a time.</summary>
    private const int HistoryLimit = 10_000;
    private const int ReceiptLimit = 1000;
    private const uint BouncedOp = 0xffffffff;

    /// <summary>The op of a comment that only the wallet's key opens.</summary>
    private const uint EncryptedCommentOp = 0x2167da4b;

    public IReadOnlyList<string> Wallets { get; } = [operatorWallet.Wallet.Address.ToString()];

    public int Network => chain.Network;

    public Task<WalletAccount> ReadAsync(string wallet, Nano atStake, CancellationToken cancellationToken) => OrUnavailableAsync(async () =>
    {
        AccountState state = await chain.GetAccountToKeepAsync(Own(wallet).Address, atStake, cancellationToken);
        return new WalletAccount(
            ReadSeqno(state), state.Balance, state.Time, checked((long)(state.LastTransaction?.Lt ?? 0)), (state.LastTransaction?.Hash ?? default).ToArray());
    });

    public Task<IReadOnlyList<WalletTransaction>> ReadHistoryAsync(string wallet, WalletAccount upTo, WalletCursor after, CancellationToken cancellationToken) =>
        OrUnavailableAsync<IReadOnlyList<WalletTransaction>>(async () =>
        {
            var newest = new TransactionId(checked((ulong)upTo.LastLt), new Bits256(upTo.LastHash.Span));
            var known = new TransactionId(checked((ulong)after.Lt), new Bits256(after.Hash.Span));
            IReadOnlyList<Transaction> history = await chain.GetHistoryAsync(Own(wallet).Address, newest, known, HistoryLimit, cancellationToken);
            return [.. history.Select(Read)];
        });

    public WalletSend Sign(string wallet, long seqno, int attempt, long validUntil, IReadOnlyList<Intent> intents)
    {
        WalletV5R1 own = Own(wallet);
        WalletTransfer[] transfers = [.. intents.Select(intent => new WalletTransfer(Message(intent)))];
        Cell body = own.SignTransfer(operatorWallet.Key, checked((uint)seqno), checked((uint)validUntil), transfers);
        return new WalletSend(wallet, seqno, attempt, validUntil, body.Hash.ToArray(), Boc.Write(own.Wrap(body, checked((uint)seqno)).ToCell()));
    }

    public Task SendAsync(WalletSend send, CancellationToken cancellationToken) =>
        OrUnavailableAsync(() => chain.SendAsync(Boc.Parse(send.Message.Span, BocLimits.External), cancellationToken));

    public Task<MessageOutcome?> FindOutcomeAsync(Intent intent, CancellationToken cancellationToken) => OrUnavailableAsync(async () =>
    {
        var destination = TonAddress.ParseRaw(intent.Destination);
        AccountState state = await chain.GetAccountToKeepAsync(destination, intent.Value, cancellationToken);
        if (state.LastTransaction is not { } newest || intent.MessageLt is not { } lt)
        {
            return null;
        }

        Transaction? receipt = await chain.FindReceiptAsync(
            destination, newest, TonAddress.ParseRaw(intent.Wallet), checked((ulong)lt), ReceiptLimit, cancellationToken);
        return receipt is null ? null : new MessageOutcome(receipt.HasBouncePhase, ExitCodeOf(receipt));
    });

    /// <summary>What the code said, or where that was well, what became of its actions.</summary>
    private static int? ExitCodeOf(Transaction receipt) =>
        receipt.Compute?.ExitCode is 0 or 1 ? receipt.Action?.ResultCode : receipt.Compute?.ExitCode;

    private static OutgoingMessage Message(Intent intent) => new(
        TonAddress.ParseRaw(intent.Destination),
        intent.Value,
        Boc.Parse(intent.Body.Span),
        Bounce: intent.Purpose != IntentPurpose.Payout,
        intent.Init is { } init ? StateInit.Read(Boc.Parse(init.Span).BeginRead()) : null);

    private WalletV5R1 Own(string wallet) => wallet == Wallets[0]
        ? operatorWallet.Wallet
        : throw new ArgumentException("A wallet whose key is not here.", nameof(wallet));

    private long ReadSeqno(AccountState state)
    {
        if (state.Status == AccountStatus.Uninitialized)
        {
            return 0;
        }

        if (state.Status == AccountStatus.Frozen)
        {
            throw new ChainUnavailableException("The wallet is frozen by the chain, for rent that it owes: its coins are kept, and nothing can be sent until it is thawed.");
        }

        if (state.Status != AccountStatus.Active || state.Code?.Hash != operatorWallet.Wallet.Init.Code!.Hash || state.Data is not { } data)
        {
            throw new ChainUnavailableException("The wallet has another code.");
        }

        return WalletV5R1.ReadSeqno(data);
    }

    private static WalletTransaction Read(Transaction transaction)
    {
        Message? incoming = transaction.InMessage;
        return new WalletTransaction
        {
            Lt = checked((long)transaction.Lt),
            PreviousLt = checked((long)transaction.PreviousLt),
            Hash = transaction.Hash.ToArray(),
            Fees = transaction.OutMessages.Aggregate(transaction.TotalFees, (sum, message) => sum + message.ForwardFee),
            ExternalBody = incoming?.Kind == MessageKind.ExternalIn ? incoming.Body.Hash.ToArray() : default(ReadOnlyMemory<byte>?),
            Received = incoming?.Value ?? Nano.Zero,
            Receipt = incoming is null ? WalletReceipt.Coins : ReceiptOf(incoming),
            PaidCumulative = incoming is not null && ReceiptOf(incoming) == WalletReceipt.ChannelPaid ? ChannelNotice.Find(incoming)!.Claimed : null,
            Note = NoteOf(transaction),
            Comment = NoteOf(transaction) == TransferNote.Text ? TextComment.Find(incoming!.Body) : null,
            Source = incoming?.Source?.ToString(),
            BouncedQueryId = incoming is { Bounced: true } ? FindBouncedQuery(incoming.Body) : null,
            Payments =
            [
                .. transaction.OutMessages
                    .Where(message => message.Kind == MessageKind.Internal)
                    .Select(message => new WalletPayment(
                        message.Destination!.ToString(), message.Value, message.Body.Hash.ToArray(), Keep(message.Body), checked((long)message.CreatedLt))),
            ],
        };
    }

    private static ReadOnlyMemory<byte>? Keep(Cell body)
    {
        byte[] bytes = Boc.Write(body);
        return bytes.Length <= LedgerLimits.MaxMessageLength ? bytes : default(ReadOnlyMemory<byte>?);
    }

    /// <summary>What stands beside coins that somebody sent and that stayed here.</summary>
    private static TransferNote NoteOf(Transaction transaction)
    {
        if (transaction.InMessage is not { Kind: MessageKind.Internal, Bounced: false, IsBounceBody: false } incoming || transaction.HasBouncePhase)
        {
            return TransferNote.Other;
        }

        return incoming.Body is { Kind: CellKind.Ordinary, BitLength: 0, References.Length: 0 } ? TransferNote.None
            : incoming.Op == EncryptedCommentOp ? TransferNote.Encrypted
            : TextComment.Find(incoming.Body) is not null ? TransferNote.Text
            : TransferNote.Other;
    }

    private static WalletReceipt ReceiptOf(Message incoming)
    {
        if (incoming.Bounced)
        {
            return WalletReceipt.Bounced;
        }

        try
        {
            return ChannelNotice.Find(incoming)?.Kind switch
            {
                ChannelNoticeKind.Excesses => WalletReceipt.Excess,
                ChannelNoticeKind.Refund => WalletReceipt.ChannelRefund,
                ChannelNoticeKind.Paid => WalletReceipt.ChannelPaid,
                _ => WalletReceipt.Coins,
            };
        }
        catch (TonFormatException)
        {
            return WalletReceipt.Coins;
        }
    }

    /// <summary>A body that came back: ffffffff, then the first 256 bits of what was sent: op and query id.</summary>
    private static long? FindBouncedQuery(Cell body)
    {
        CellSlice slice = body.BeginRead();
        if (body.Kind != CellKind.Ordinary || slice.BitsLeft < 32 + 32 + 64 || slice.ReadUInt32("bounced") != BouncedOp)
        {
            return null;
        }

        slice.ReadUInt32("bounced.op");
        ulong query = slice.ReadUInt(64, "bounced.query id");
        return query <= long.MaxValue ? (long)query : null;
    }

    private static async Task<T> OrUnavailableAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception failed) when (failed is ChainException or TonFormatException or OverflowException)
        {
            throw new ChainUnavailableException(failed.Message, failed) { IsOfThisQuestion = failed is ChainException { Failure: ChainFailure.Refused or ChainFailure.BadAnswer } };
        }
    }
}
