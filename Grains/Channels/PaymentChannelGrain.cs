using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CocoonOrleans.Grains.Wallets;
using CocoonOrleans.Ledger;
using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Providers;
using CocoonOrleans.Ledger.Wallets;
using CocoonOrleans.Market;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Providers;
using CocoonOrleans.Ton.Vouchers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Grains.Channels;

/// <summary>
/// Pays a provider: signs vouchers for what it has earned, within what the channel holds, and lets the wallet top up and charge. The database is what keeps
/// it right: a voucher above the channel's limit or the provider's due is refused there, whoever asks.
/// </summary>
internal sealed partial class PaymentChannelGrain(
    IChannelStore store,
    IProviderStore providers,
    IWalletStore wallets,
    ILedger ledger,
    IServiceProvider services,
    IOptions<ChannelOptions> options,
    TimeProvider clock,
    ILogger<PaymentChannelGrain> logger) : Grain, IPaymentChannelGrain
{
    /// <summary>The most captures that one voucher covers; the next one covers the rest.</summary>
    private const int MaxCovered = 10_000;

    /// <summary>The least threshold, in fees of a charge: a twentieth is lost at most.</summary>
    private const int ThresholdFees = 20;

    private readonly ILogger _logger = logger;
    private readonly IVoucherSigner? _signer = services.GetService<IVoucherSigner>();

    private string Channel => this.GetPrimaryKeyString();

    public async Task SweepAsync(ChannelObservation? observation, CancellationToken cancellationToken)
    {
        if (_signer is null || await store.FindChannelAsync(Channel, cancellationToken) is not { } channel)
        {
            return;
        }

        if (channel.Terms().Address.ToString() != Channel)
        {
            LogForeign(Channel, "its terms give another address");
            return;
        }

        // Back with the key that it was opened with, a stranded channel is its provider's again.
        string? stranger = WhoPaysInstead(_signer, channel);
        if (stranger is not null || (channel.IsStranded && !await store.TryTakeBackAsync(Channel, cancellationToken)))
        {
            await StrandAsync(channel, stranger ?? "its provider has another one by now", observation, cancellationToken);
            return;
        }

        ChannelTerms terms = channel.Terms();
        if (!await CatchUpAsync(_signer, cancellationToken))
        {
            return;
        }

        if (observation is not null && !await ObserveAsync(channel, terms, observation, cancellationToken))
        {
            return;
        }

        channel = await store.FindChannelAsync(Channel, cancellationToken) ?? channel;
        PayoutOrder? order = (await providers.ReadOrdersAsync(channel.AccountId, clock.GetUtcNow(), cancellationToken)).Standing;
        bool leaves = order is not null && (order.ByTransfer || order.Address != channel.PayeeAddress);
        ChannelDue due = await store.ReadDueAsync(channel, MaxCovered, cancellationToken);
        StoredVoucher? voucher = await SignAsync(_signer, channel, terms, due, atOnce: leaves, cancellationToken);
        if (leaves)
        {
            await LeaveAsync(channel, order!, cancellationToken);
        }
        else
        {
            await TopUpAsync(channel, terms, due, cancellationToken);
        }

        if (observation is not null)
        {
            WarnOfUnclaimed(channel, voucher, observation.Time);
            Nano threshold = Nano.Max(order?.Threshold ?? PayoutTerms.DefaultThreshold, new Nano(checked(observation.ChargeFee.Value * ThresholdFees)));
            if (!await ChargeWhereDueAsync(channel, voucher, due.UnclaimedSince, threshold, observation.ChargeFee, leaves, cancellationToken))
            {
                await FinishCloseAsync(channel, observation.Time, cancellationToken);
            }
        }
    }

    public async Task<bool> ChargeAsync(CancellationToken cancellationToken)
    {
        if (_signer is null || await FindOwnAsync(_signer, cancellationToken) is not { } channel)
        {
            return false;
        }

        ChannelDue due = await store.ReadDueAsync(channel, MaxCovered, cancellationToken);
        StoredVoucher? voucher = await SignAsync(_signer, channel, channel.Terms(), due, atOnce: true, cancellationToken);
        if (voucher is null || !IsCharged(channel.State, voucher))
        {
            return false;
        }

        return await PlaceChargeAsync(channel, voucher, cancellationToken);
    }

    /// <summary>The channel, where its address is the one of its terms and our key pays there.</summary>
    private async Task<WorkerChannel?> FindOwnAsync(IVoucherSigner signer, CancellationToken cancellationToken)
    {
        if (await store.FindChannelAsync(Channel, cancellationToken) is not { } channel)
        {
            return null;
        }

        if (channel.Terms().Address.ToString() == Channel && WhoPaysInstead(signer, channel) is null && !channel.IsStranded)
        {
            return channel;
        }

        LogForeign(Channel, "its terms give another address, or another voucher key or wallet pays there");
        return null;
    }

    /// <summary>Why this silo's keys pay nothing from a channel; null where they do. A channel's address binds voucher key and wallet for its life.</summary>
    private string? WhoPaysInstead(IVoucherSigner signer, WorkerChannel channel)
    {
        if (channel.Terms().PayerKey != signer.Key)
        {
            return "another voucher key signs for it";
        }

        return services.GetService<IWalletChain>() is { } chain && !chain.Wallets.Contains(channel.Wallet) ? "another wallet funds it" : null;
    }

    /// <summary>
    /// A key was changed before the channel was closed. What nobody funded is given up; what holds coins is followed, so that what its vouchers pay is booked,
    /// and nothing is signed or sent for it. Either way its provider gets another one.
    /// </summary>
    private async Task StrandAsync(WorkerChannel channel, string reason, ChannelObservation? observation, CancellationToken cancellationToken)
    {
        if (channel.State.Phase == WorkerChannelPhase.Unfunded && observation?.Data is null && await store.TryAbandonAsync(Channel, cancellationToken))
        {
            LogAbandoned(Channel, reason);
            return;
        }

        if (observation is not null)
        {
            await ObserveAsync(channel, channel.Terms(), observation, cancellationToken);
        }

        await store.TryStrandAsync(Channel, cancellationToken);
        if (await store.FindChannelAsync(Channel, cancellationToken) is { State.Phase: not WorkerChannelPhase.Closed } stranded)
        {
            LogStranded(Channel, reason, (stranded.State.Deposited - stranded.State.Withdrawn - stranded.State.Claimed).Value);
        }
    }

    /// <summary>Takes over what the signer remembers and the book doesn't know: the book was restored from a backup, or died between the two.</summary>
    /// <returns>False where both know another voucher of the same number.</returns>
    private async Task<bool> CatchUpAsync(IVoucherSigner signer, CancellationToken cancellationToken)
    {
        if (await signer.FindLastAsync(Channel, cancellationToken) is not { } remembered)
        {
            return true;
        }

        Voucher voucher = remembered.Signed.Voucher;
        long serial = checked((long)voucher.Serial);
        StoredVoucher? known = await store.FindVoucherAsync(Channel, cancellationToken);
        if (known is not null && known.Serial >= serial)
        {
            if (known.Serial > serial || known.Bytes.Span.SequenceEqual(remembered.Signed.ToBytes()))
            {
                return true;
            }

            LogFork(serial, Channel, known.Cumulative.Value, voucher.Cumulative.Value);
            return false;
        }

        var adopted = new StoredVoucher(
            Channel, serial, voucher.Cumulative, voucher.Context.ToArray(), remembered.CoveredUpTo, remembered.Signed.ToBytes(), clock.GetUtcNow());
        if (await store.TryAdoptVoucherAsync(adopted, cancellationToken))
        {
            LogAdopted(serial, Channel, known?.Serial ?? 0);
        }

        return true;
    }

    /// <summary>Takes what the chain says, where it is our contract with our terms.</summary>
    private async Task<bool> ObserveAsync(WorkerChannel channel, ChannelTerms terms, ChannelObservation seen, CancellationToken cancellationToken)
    {
        if (ObservedChannel.Read(seen, terms, out ChannelSnapshot? snapshot) is { } reason)
        {
            LogForeign(Channel, reason);
            return false;
        }

        if (snapshot is null)
        {
            if (seen.IsFrozen)
            {
                LogFrozen(Channel);
                return false;
            }

            if (channel.State.Phase != WorkerChannelPhase.Unfunded)
            {
                LogForeign(Channel, "there is no contract any more");
                return false;
            }

            return true;
        }

        Nano promised = (await store.FindVoucherAsync(Channel, cancellationToken))?.Cumulative ?? Nano.Zero;
        if (snapshot.Claimed > promised)
        {
            // What is claimed is gone, so it is booked all the same; more is not signed, since the voucher to come would be below it.
            LogOverclaimed(Channel, snapshot.Claimed.Value, promised.Value);
        }

        if (!await store.TryApplyAsync(Channel, snapshot, cancellationToken))
        {
            LogOlder(Channel, seen.Seqno);
            return false;
        }

        return true;
    }

    /// <summary>Signs a voucher where enough is due, or something for long enough. It is stored before anybody sees it.</summary>
    /// <returns>The last voucher there is now.</returns>
    private async Task<StoredVoucher?> SignAsync(
        IVoucherSigner signer, WorkerChannel channel, ChannelTerms terms, ChannelDue due, bool atOnce, CancellationToken cancellationToken)
    {
        Nano before = due.Last?.Cumulative ?? Nano.Zero;
        Nano cumulative = Nano.Min(due.Owed, channel.State.Limit);
        Nano newly = cumulative - before;
        DateTimeOffset now = clock.GetUtcNow();

        // Without a new capture something is due where the channel held too little before: that has waited long enough.
        bool hasWaited = atOnce || due.OldestAt is null || now - due.OldestAt >= options.Value.VoucherDelay;
        if (channel.State.Phase is not (WorkerChannelPhase.Open or WorkerChannelPhase.Closing)
            || newly <= Nano.Zero
            || (newly.Value < options.Value.VoucherDueNano && !hasWaited))
        {
            return due.Last;
        }

        // What is due above the day's cap is promised in parts, a day's each.
        Nano left = await signer.LeftTodayAsync(cancellationToken);
        if (newly > left)
        {
            LogCapped(Channel, newly.Value, left.Value);
            if (left <= Nano.Zero)
            {
                return due.Last;
            }

            cumulative = before + left;
        }

        long serial = (due.Last?.Serial ?? 0) + 1;
        Bits256 context = VoucherContext.Next(
            due.Last is { } last ? new Bits256(last.Context.Span) : VoucherContext.First,
            UsageRoot.Of([.. due.Receipts.Select(receipt => new Bits256(receipt.Span))]));
        SignedVoucher signed;
        try
        {
            var wanted = new Voucher(signer.Network, terms.Address, checked((ulong)serial), cumulative, context);
            signed = await signer.SignAsync(new VoucherOrder(wanted, channel.State.Limit, due.CoveredUpTo, channel.AccountId, terms), cancellationToken);
        }
        catch (VoucherRefusedException refused)
        {
            LogRefused(serial, Channel, refused.Refusal, refused.Message);
            return due.Last;
        }

        var stored = new StoredVoucher(Channel, serial, cumulative, context.ToArray(), due.CoveredUpTo, signed.ToBytes(), now);
        if (!await store.TryAddVoucherAsync(stored, cancellationToken))
        {
            // Another activation was first, or what is due was paid out meanwhile. The signer remembers these bytes: the next sweep takes them over.
            return await store.FindVoucherAsync(Channel, cancellationToken);
        }

        LogVoucher(serial, Channel, cumulative.Value);
        return stored;
    }

    private async Task TopUpAsync(WorkerChannel channel, ChannelTerms terms, ChannelDue due, CancellationToken cancellationToken)
    {
        Nano limit = channel.State.Limit;
        if (channel.State.Phase is not (WorkerChannelPhase.Unfunded or WorkerChannelPhase.Open)
            || (channel.State.Phase == WorkerChannelPhase.Unfunded && (!options.Value.OpenNew || due.Last is not null))
            || due.Owed - channel.State.Claimed < new Nano(options.Value.FundAtNano))
        {
            return;
        }

        // In proportion to what was earned: who has earned little can lock little of the operator's coins, however many names it has.
        Nano ahead = Nano.Min(
            new Nano(options.Value.DepositNano), Nano.Max(new Nano(options.Value.LeastDepositNano), new Nano(checked(2 * (due.Owed - channel.State.Claimed).Value))));
        if (due.Owed + Nano.Min(new Nano(options.Value.RefillBelowNano), new Nano(ahead.Value / 8 * 5)) <= limit)
        {
            return;
        }

        // Named by what was deposited before: while the chain doesn't say that it grew, it is the same top-up.
        Nano amount = ahead + Nano.Max(due.Owed - limit, Nano.Zero);
        Guid id = IntentIdOf("top-up", channel.State.Deposited.Value);
        await PlaceAsync(
            new PlaceIntent
            {
                IntentId = id,
                Wallet = channel.Wallet,
                Destination = Channel,
                Value = amount + ChannelMessages.TopUpGas,
                Amount = amount,
                Body = Boc.Write(ChannelMessages.TopUp((ulong)PlaceIntent.QueryIdOf(id), amount)),
                Init = Boc.Write(terms.Init.ToCell()),
                Purpose = IntentPurpose.TopUp,
            },
            cancellationToken);
    }

    /// <summary>Brings the last voucher to the chain, where enough of it isn't claimed for what that costs, or the channel will not last.</summary>
    /// <returns>Whether there is something to charge that is on its way, or will be tried again.</returns>
    private async Task<bool> ChargeWhereDueAsync(
        WorkerChannel channel, StoredVoucher? voucher, DateTimeOffset? unclaimedSince, Nano threshold, Nano fee, bool leaves, CancellationToken cancellationToken)
    {
        ChannelSnapshot state = channel.State;
        if (voucher is null || !IsCharged(state, voucher))
        {
            return false;
        }

        Nano unclaimed = voucher.Cumulative - state.Claimed;
        if (!leaves && !ChargeRule.ShouldCharge(state, unclaimed, threshold, fee, clock.GetUtcNow() - unclaimedSince, options.Value.ChargeDelay))
        {
            return false;
        }

        return await PlaceChargeAsync(channel, voucher, cancellationToken);
    }

    /// <summary>Whether the contract would pay something for a voucher.</summary>
    private static bool IsCharged(ChannelSnapshot state, StoredVoucher voucher) =>
        state.Phase is WorkerChannelPhase.Open or WorkerChannelPhase.Closing
        && Nano.Min(voucher.Cumulative, state.Deposited - state.Withdrawn) - state.Claimed >= ChannelMessages.LeastPayout;

    /// <returns>Whether it is on its way, or will be tried again.</returns>
    private Task<bool> PlaceChargeAsync(WorkerChannel channel, StoredVoucher voucher, CancellationToken cancellationToken) => PlaceCallAsync(
        channel, "charge", voucher.Serial, query => ChannelMessages.Charge(query, SignedVoucher.Parse(voucher.Bytes.Span)), cancellationToken);

    /// <summary>Lets the wallet call the channel. What for and the number make the id, so that it is called once; again only where the channel refused it.</summary>
    /// <returns>False where all attempts were refused.</returns>
    private async Task<bool> PlaceCallAsync(WorkerChannel channel, string what, long number, Func<ulong, Cell> body, CancellationToken cancellationToken)
    {
        CallAttempt attempt = await CallAttempts.NextAsync(
            wallets, index => IntentIdOf(index == 0 ? what : string.Create(CultureInfo.InvariantCulture, $"{what} again {index}"), number), clock.GetUtcNow(), cancellationToken);
        switch (attempt.State)
        {
            case CallAttemptState.Due:
                if (attempt.Number > 0)
                {
                    LogCalledAgain(what, Channel, attempt.Number + 1);
                }

                await PlaceAsync(
                    new PlaceIntent
                    {
                        IntentId = attempt.Id,
                        Wallet = channel.Wallet,
                        Destination = Channel,
                        Value = ChannelMessages.CallGas,
                        Amount = Nano.Zero,
                        Body = Boc.Write(body((ulong)PlaceIntent.QueryIdOf(attempt.Id))),
                        Purpose = IntentPurpose.ChannelCall,
                    },
                    cancellationToken);
                return true;
            case CallAttemptState.GivenUp:
                LogGivenUp(what, Channel, CallAttempts.Most);
                return false;
            default:
                return true;
        }
    }

    private async Task PlaceAsync(PlaceIntent intent, CancellationToken cancellationToken)
    {
        LedgerResult result = (await ledger.ExecuteAsync([intent], cancellationToken))[0];
        switch (result)
        {
            case IntentPlaced { Intent: { State: IntentState.Bounced, Purpose: IntentPurpose.TopUp } bounced }:
                LogTopUpRefused(Channel, bounced.ExitCode);
                break;
            case IntentPlaced:
                break;
            case IdReused when intent.Purpose == IntentPurpose.TopUp:
                // On its way already, with what was due when it was placed.
                break;
            default:
                LogNotPlaced(intent.IntentId, Channel, result.ToString());
                break;
        }
    }

    private Guid IntentIdOf(string what, long number)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"cocoon-channel-v1|{what}|{Channel}|{number}")));
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }
}
