using System.Security.Cryptography;
using CocoonOrleans.Grains.Channels;
using CocoonOrleans.Grains.Wallets;
using CocoonOrleans.Ledger;
using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Providers;
using CocoonOrleans.Ledger.Wallets;
using CocoonOrleans.Market;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Providers;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Grains.Providers;

/// <summary>Takes a provider's orders, tells it what it has earned, and gives it its channel.</summary>
internal sealed partial class ProviderGrain(
    IProviderStore store,
    IChannelStore channels,
    ILedger ledger,
    IServiceProvider services,
    IOptions<ProviderOptions> options,
    IOptions<ChannelOptions> channelOptions,
    TimeProvider clock,
    ILogger<ProviderGrain> logger) : Grain, IProviderGrain
{
    private readonly ILogger _logger = logger;
    private readonly IVoucherSigner? _signer = services.GetService<IVoucherSigner>();

    private string Id => this.GetPrimaryKeyString();

    public async Task<ProviderView> OrderPayoutAsync(byte[] request, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        ProviderRequest asked = ProviderRequests.Read(request, Id, ProviderRequestKind.Payout, _signer?.Network, now);
        PayoutTerms terms = asked.ReadValue(PayoutTerms.Read);
        PayoutOrders orders = await store.ReadOrdersAsync(Id, now, cancellationToken);
        if (orders.Last is { } last && !last.Bytes.Span.SequenceEqual(request))
        {
            DateTimeOffset next = last.At + options.Value.OrderInterval;
            if (now < next)
            {
                throw new ArgumentException($"request.time: the next order is taken from {next:u} on.", nameof(request));
            }
        }

        // The first address moves nothing, and neither does the one that counts.
        string address = terms.Address.ToString();
        DateTimeOffset holdsFrom = orders.Standing is not { } standing || standing.Address == address ? now : now + options.Value.AddressDelay;
        var order = new PayoutOrder(Id, (long)asked.Time, address, terms.Threshold, terms.ByTransfer, holdsFrom, request, now);
        if (!await store.TryAddOrderAsync(order, cancellationToken))
        {
            throw new ArgumentException("request: it is older than the last order, or no worker of this provider was ever admitted here.", nameof(request));
        }

        LogOrder(Id, address, terms.Threshold.Value, holdsFrom);
        return (await GetAsync(cancellationToken))!;
    }

    public async Task<ProviderStatement> GetStatementAsync(byte[] request, int days, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        ProviderRequests.Read(request, Id, ProviderRequestKind.Statement, _signer?.Network, now);
        ProviderEarnings earnings = await store.ReadEarningsAsync(Id, days, cancellationToken)
            ?? throw new ArgumentException("request.provider: no worker of this provider was ever admitted here.", nameof(request));
        (PayoutView? payout, PayoutView? next) = View(await store.ReadOrdersAsync(Id, now, cancellationToken));
        return new ProviderStatement(
            Id,
            now,
            earnings.Earned,
            earnings.Charged,
            earnings.Promised,
            earnings.Due,
            [.. earnings.Days.Select(day => new ProviderDay(day.Day, day.Jobs, day.Earned, day.Promised, day.Charged))],
            earnings.Channel is not { } channel ? null : new ProviderChannel(
                channel.Channel,
                channel.State.Phase.ToString().ToLowerInvariant(),
                channel.State.Deposited,
                channel.State.Claimed,
                earnings.Voucher?.Serial ?? 0,
                earnings.Voucher?.Cumulative ?? Nano.Zero,
                earnings.Voucher?.Bytes.ToArray() ?? []),
            payout,
            next);
    }

    public async Task<string> GetDayAsync(byte[] request, DateOnly day, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        ProviderRequest asked = ProviderRequests.Read(request, Id, ProviderRequestKind.Statement, _signer?.Network, now);
        if (_signer is not { } signer)
        {
            throw new ArgumentException("request: nothing is settled here, so there is no key to sign a statement with.", nameof(request));
        }

        ProviderDayDetails details = await store.ReadDayAsync(Id, day, DayStatement.MaxJobs, cancellationToken);
        if (details.Captures.Count > DayStatement.MaxJobs)
        {
            throw new ArgumentException($"day: it has more than {DayStatement.MaxJobs} jobs, which no statement lists.", nameof(day));
        }

        var statement = new DayStatement(
            signer.Network,
            asked.Provider,
            signer.Key,
            day,
            now,
            [.. details.Captures.Select(capture => new StatementJob(
                capture.JobId, capture.Amount, capture.ProviderAmount, capture.ReportHash is { } hash ? new Bits256(hash.Span) : null))],
            [.. details.Vouchers.Select(voucher => new StatementVoucher(voucher.Channel, voucher.Serial, voucher.Cumulative))],
            [.. details.Charges.Select(charge => new StatementCharge(
                charge.At,
                charge.Amount,
                charge.Transaction is { } chain ? new StatementTransaction(chain.Account, chain.Lt, Bits256.Parse(chain.Hash, "charge")) : null))],
            details.Due);
        return await statement.SignAsync(seal => signer.SignAsync(seal, cancellationToken));
    }

    public async Task<ProviderView?> GetAsync(CancellationToken cancellationToken)
    {
        if (await store.ReadEarningsAsync(Id, days: 1, cancellationToken) is not { } earnings)
        {
            return null;
        }

        (PayoutView? payout, PayoutView? next) = View(await store.ReadOrdersAsync(Id, clock.GetUtcNow(), cancellationToken));
        return new ProviderView(Id, payout, next, earnings.Channel?.Channel, earnings.Due);
    }

    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        if (_signer is not { } signer
            || services.GetService<IWalletChain>() is not { Wallets: [string wallet, ..] }
            || !ProviderId.TryParse(Id, out PublicKey key)
            || (await store.ReadOrdersAsync(Id, clock.GetUtcNow(), cancellationToken)).Standing is not { } order
            || await TakeOverAsync(signer, cancellationToken)
            || await store.FindProviderChannelAsync(Id, cancellationToken) is not null)
        {
            return;
        }

        if (order.ByTransfer)
        {
            await TransferAsync(order, wallet, cancellationToken);
            return;
        }

        if (!channelOptions.Value.OpenNew)
        {
            return;
        }

        var terms = new ChannelTerms(
            TonAddress.ParseRaw(wallet),
            signer.Key,
            TonAddress.ParseRaw(order.Address),
            key,
            checked((uint)channelOptions.Value.CloseDelay.TotalSeconds),
            BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))));
        WorkerChannel channel = await channels.OpenChannelAsync(terms.ToWorkerChannel(Id), cancellationToken);
        LogChannel(channel.Channel, Id);
    }

    /// <summary>Takes over channels that the signer remembers and the book doesn't know, since it was restored from a backup: what they promise is promised.</summary>
    /// <returns>Whether there were some; then nothing else is done until the chain says how they stand.</returns>
    private async Task<bool> TakeOverAsync(IVoucherSigner signer, CancellationToken cancellationToken)
    {
        bool any = false;
        foreach (RememberedChannel remembered in await signer.ListChannelsAsync(Id, cancellationToken))
        {
            string address = remembered.Terms.Address.ToString();
            if (await channels.FindChannelAsync(address, cancellationToken) is not null)
            {
                continue;
            }

            Voucher voucher = remembered.Last.Signed.Voucher;
            LogTakenOver(address, Id, voucher.Cumulative.Value);
            any |= await channels.TryTakeOverAsync(
                remembered.Terms.ToWorkerChannel(Id),
                new StoredVoucher(
                    address,
                    checked((long)voucher.Serial),
                    voucher.Cumulative,
                    voucher.Context.ToArray(),
                    remembered.Last.CoveredUpTo,
                    remembered.Last.Signed.ToBytes(),
                    clock.GetUtcNow()),
                cancellationToken);
        }

        return any;
    }

    /// <summary>
    /// Lets the wallet pay what is due, with what other providers get in the same message. What it is for names it: until something more is earned it is the
    /// same payout, whoever places it again.
    /// </summary>
    private async Task TransferAsync(PayoutOrder order, string wallet, CancellationToken cancellationToken)
    {
        if (await store.ReadEarningsAsync(Id, days: 1, cancellationToken) is not { } earnings)
        {
            return;
        }

        // What a stranded channel's vouchers promise is charged there.
        Nano due = earnings.Due - Nano.Min(earnings.Due, earnings.Promised);
        if (due < order.Threshold || due <= Nano.Zero)
        {
            return;
        }

        Guid intentId = ProviderPayouts.IdOf(Id, earnings.Charged);
        var payout = new PlaceIntent
        {
            IntentId = intentId,
            Wallet = wallet,
            Destination = order.Address,
            Value = due,
            Amount = due,
            Body = Boc.Write(PaymentNote.OfPayout(intentId)),
            Purpose = IntentPurpose.Payout,
            AccountId = Id,
        };
        LedgerResult result = (await ledger.ExecuteAsync([payout], cancellationToken))[0];
        if (result is IntentPlaced { Repeated: false })
        {
            LogTransfer(Id, due.Value, order.Address);
        }
        else if (result is not (IntentPlaced or IdReused))
        {
            LogNotPlaced(Id, result.ToString());
        }
    }

    private static (PayoutView? Payout, PayoutView? Next) View(PayoutOrders orders) =>
        (View(orders.Standing), orders.Last?.Number != orders.Standing?.Number ? View(orders.Last) : null);

    private static PayoutView? View(PayoutOrder? order) => order is null ? null : new PayoutView(order.Address, order.Threshold, order.HoldsFrom, order.ByTransfer);

    [LoggerMessage(Level = LogLevel.Information, Message = "Provider {AccountId} is to be paid at {Address} from {Threshold} nano on, as of {HoldsFrom}")]
    private partial void LogOrder(string accountId, string address, long threshold, DateTimeOffset holdsFrom);

    [LoggerMessage(Level = LogLevel.Information, Message = "Provider {AccountId} is paid {Amount} nano at {Address} by transfer")]
    private partial void LogTransfer(string accountId, long amount, string address);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The payout of provider {AccountId} was not placed: {Result}")]
    private partial void LogNotPlaced(string accountId, string result);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The signer has promised {Promised} nano over {Channel} to {AccountId}, and the book doesn't know that channel: the book is older than its signer, and takes it over")]
    private partial void LogTakenOver(string channel, string accountId, long promised);

    [LoggerMessage(Level = LogLevel.Information, Message = "Channel {Channel} pays {AccountId}")]
    private partial void LogChannel(string channel, string accountId);
}
