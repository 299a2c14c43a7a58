using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CocoonOrleans.Ledger;
using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Wallets;
using CocoonOrleans.Market;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Vouchers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Grains.Channels;

/// <summary>
/// Watches a client's channel and brings its vouchers to the chain. Vouchers and holds go past it, through the account and into SQL, which judges them: so it keeps
/// nothing, and may be twice. It charges what was used and not what was signed: the lowest voucher that covers it.
/// </summary>
internal sealed partial class ClientChannelGrain(
    IClientChannelStore store,
    IWalletStore wallets,
    ILedger ledger,
    IServiceProvider services,
    IOptions<ChannelOptions> options,
    TimeProvider clock,
    ILogger<ClientChannelGrain> logger) : Grain, IClientChannelGrain
{
    /// <summary>What is charged for ourselves moves so many times its fee: a thousandth is lost at most.</summary>
    private const int FeesPerCharge = 1_000;

    private readonly ILogger _logger = logger;

    private string Channel => this.GetPrimaryKeyString();

    public async Task SweepAsync(ChannelObservation? observation, CancellationToken cancellationToken)
    {
        if (await store.FindClientChannelAsync(Channel, cancellationToken) is not { } before)
        {
            return;
        }

        if (observation is null)
        {
            WarnIfLate(before);
        }
        else if (await ObserveAsync(before, observation, cancellationToken) && await store.FindClientChannelAsync(Channel, cancellationToken) is { } channel)
        {
            // Read after it was applied: no hold comes in between that a leaving payer's channel must not have.
            WarnIfLate(channel);
            await CopyAsync(channel, cancellationToken);
            await ChargeAsync(channel, observation.ChargeFee, cancellationToken);
        }
    }

    /// <summary>Takes what the chain says, where it is our contract with our terms.</summary>
    private async Task<bool> ObserveAsync(ClientChannel before, ChannelObservation observation, CancellationToken cancellationToken)
    {
        if (ObservedChannel.Read(observation, before.Terms(), out ChannelSnapshot? snapshot) is { } reason)
        {
            LogForeign(Channel, reason);
            return false;
        }

        if (snapshot is null)
        {
            if (observation.IsFrozen)
            {
                LogFrozen(Channel);
            }
            else if (before.State.Phase != WorkerChannelPhase.Unfunded)
            {
                LogForeign(Channel, "there is no contract any more");
            }

            return false;
        }

        if (!await store.TryApplyClientAsync(Channel, snapshot, cancellationToken))
        {
            LogOlder(Channel, observation.Seqno);
            return false;
        }

        if (IsLeaving(snapshot) && !IsLeaving(before.State))
        {
            LogLeaving(Channel, snapshot.Phase.ToString(), snapshot.PendingWithdraw.Value);
        }

        return true;
    }

    private static Nano OwedBy(ClientChannel channel) => Nano.Min(channel.Captured, channel.State.Deposited - channel.State.Withdrawn) - channel.State.Claimed;

    private void WarnIfLate(ClientChannel channel)
    {
        Nano owed = OwedBy(channel);
        if (IsLeaving(channel.State) && owed >= ChannelMessages.LeastPayout && clock.GetUtcNow().ToUnixTimeSeconds() > channel.State.UnlockTime - (channel.CloseDelay / 2))
        {
            LogLate(Channel, owed.Value, channel.State.UnlockTime);
        }
    }

    /// <summary>A watchtower charges for us while we are away: what was used, as we do.</summary>
    private async Task CopyAsync(ClientChannel channel, CancellationToken cancellationToken)
    {
        if (services.GetService<IVoucherCopies>() is { } copies
            && channel.Captured > channel.State.Claimed
            && await store.FindCoveringVoucherAsync(Channel, channel.Captured, cancellationToken) is { } voucher)
        {
            try
            {
                await copies.KeepAsync(Channel, voucher, cancellationToken);
            }
            catch (IOException refused)
            {
                LogNotCopied(Channel, refused.Message);
            }
        }
    }

    private static bool IsLeaving(ChannelSnapshot state) => state.Phase == WorkerChannelPhase.Closing || state.PendingWithdraw > Nano.Zero;

    private async Task ChargeAsync(ClientChannel channel, Nano fee, CancellationToken cancellationToken)
    {
        ChannelSnapshot state = channel.State;
        Nano owed = OwedBy(channel);
        Nano threshold = Nano.Max(new Nano(options.Value.ChargeAtNano), new Nano(checked(fee.Value * FeesPerCharge)));
        if (!ChargeRule.ShouldCharge(state, owed, threshold, fee, clock.GetUtcNow() - channel.OwedSince, options.Value.ChargeDelay))
        {
            return;
        }

        ClientVoucher? voucher = await store.FindCoveringVoucherAsync(Channel, channel.Captured, cancellationToken) ?? channel.Voucher;
        if (voucher is null || voucher.Cumulative - state.Claimed < ChannelMessages.LeastPayout)
        {
            return;
        }

        CallAttempt attempt = await CallAttempts.NextAsync(
            wallets, number => IntentIdOf(voucher.Serial, voucher.Cumulative, state.Claimed, number), clock.GetUtcNow(), cancellationToken);
        if (attempt.State == CallAttemptState.GivenUp)
        {
            LogGivenUp(voucher.Serial, Channel, CallAttempts.Most);
        }

        if (attempt.State != CallAttemptState.Due)
        {
            return;
        }

        Guid id = attempt.Id;
        LedgerResult result = (await ledger.ExecuteAsync(
            [
                new PlaceIntent
                {
                    IntentId = id,
                    Wallet = channel.PayeeAddress,
                    Destination = Channel,
                    Value = ChannelMessages.CallGas,
                    Amount = Nano.Zero,
                    Body = Boc.Write(ChannelMessages.Charge((ulong)PlaceIntent.QueryIdOf(id), SignedVoucher.Parse(voucher.Bytes.Span))),
                    Purpose = IntentPurpose.ChannelCall,
                },
            ],
            cancellationToken))[0];
        switch (result)
        {
            case IntentPlaced { Repeated: false }:
                LogCharge(voucher.Serial, Channel, voucher.Cumulative.Value, channel.Captured.Value, attempt.Number + 1);
                break;
            case IntentPlaced:
                break;
            default:
                LogNotPlaced(Channel, result.ToString());
                break;
        }
    }

    /// <summary>
    /// One charge for each voucher and each amount that was claimed before: what the deposit clipped is charged again after a top-up. And one for each attempt.
    /// </summary>
    private Guid IntentIdOf(long serial, Nano cumulative, Nano claimed, int attempt)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"cocoon-client-channel-v1|charge|{Channel}|{serial}|{cumulative.Value}|{claimed.Value}");
        if (attempt > 0)
        {
            name = string.Create(CultureInfo.InvariantCulture, $"{name}|again {attempt}");
        }

        return new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16), bigEndian: true);
    }
}
