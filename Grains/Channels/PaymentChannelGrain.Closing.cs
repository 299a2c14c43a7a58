using CocoonOrleans.Grains.Providers;
using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ledger.Providers;
using CocoonOrleans.Market;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Providers;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Grains.Channels;

/// <summary>How a channel ends: together at once, or by the operator alone after the delay.</summary>
internal sealed partial class PaymentChannelGrain
{
    /// <summary>How long an offer to close together works.</summary>
    private static readonly TimeSpan OfferLifetime = TimeSpan.FromMinutes(10);

    public async Task<ChannelClose> OfferCloseAsync(byte[] request, CancellationToken cancellationToken)
    {
        (IVoucherSigner signer, WorkerChannel channel, _) = await ReadAsync(request, ProviderRequestKind.OfferClose, cancellationToken);
        ChannelDue due = await store.ReadDueAsync(channel, MaxCovered, cancellationToken);
        StoredVoucher? last = await SignAsync(signer, channel, channel.Terms(), due, atOnce: true, cancellationToken);
        if (last is null || channel.State.Phase is not (WorkerChannelPhase.Open or WorkerChannelPhase.Closing))
        {
            throw new ArgumentException("request.channel: nothing was promised over it yet, so there is nothing to close.", nameof(request));
        }

        uint until = checked((uint)(clock.GetUtcNow() + OfferLifetime).ToUnixTimeSeconds());
        var close = new CooperativeClose(signer.Network, channel.Terms().Address, last.Cumulative, until);
        return new ChannelClose(Boc.Write(close.ToCell()), (await SignAsync(signer, close, cancellationToken)).ToArray(), close.Cumulative);
    }

    public async Task CloseAsync(byte[] request, CancellationToken cancellationToken)
    {
        (IVoucherSigner signer, WorkerChannel channel, ProviderRequest asked) = await ReadAsync(request, ProviderRequestKind.Close, cancellationToken);
        CloseAnswer answer = asked.ReadValue(CloseAnswer.Read);
        ChannelTerms terms = channel.Terms();
        if (answer.Close.Channel != terms.Address || answer.Close.Network != signer.Network)
        {
            throw new ArgumentException("answer.close: it is of another channel.", nameof(request));
        }

        if (!terms.PayeeKey.Verifies(answer.Close.ToCell(), answer.Payee))
        {
            throw new ArgumentException("answer.signature: not the provider's.", nameof(request));
        }

        if (answer.Close.ValidUntil < clock.GetUtcNow().ToUnixTimeSeconds())
        {
            throw new ArgumentException("answer.close: the offer has died; ask for another one.", nameof(request));
        }

        // Whatever the channel would refuse is refused here, since its refusal costs the operator's gas.
        if (answer.Close.ValidUntil > (clock.GetUtcNow() + OfferLifetime).ToUnixTimeSeconds())
        {
            throw new ArgumentException($"answer.close: an offer works for {OfferLifetime.TotalMinutes} minutes; ask for one.", nameof(request));
        }

        if (channel.State.Phase is not (WorkerChannelPhase.Open or WorkerChannelPhase.Closing))
        {
            throw new ArgumentException("request.channel: it isn't open.", nameof(request));
        }

        if (await store.FindVoucherAsync(Channel, cancellationToken) is not { } last || last.Cumulative != answer.Close.Cumulative)
        {
            throw new ArgumentException("answer.close: another amount than the last voucher's; ask for another offer.", nameof(request));
        }

        Nano rest = Nano.Min(last.Cumulative, channel.State.Deposited - channel.State.Withdrawn) - channel.State.Claimed;
        if (rest != Nano.Zero && rest < ChannelMessages.LeastPayout)
        {
            throw new ArgumentException($"answer.close: {rest} nano aren't claimed, and the contract pays no less than {ChannelMessages.LeastPayout}; close it when more is due.", nameof(request));
        }

        // One call for the channel's whole life, and the few attempts of a call: however often a provider asks, what its closes can cost is bounded.
        Signature payer = await SignAsync(signer, answer.Close, cancellationToken);
        if (!await PlaceCallAsync(channel, "close both", 0, query => ChannelMessages.CloseBoth(query, answer.Close, payer, answer.Payee), cancellationToken))
        {
            throw new ArgumentException("request.channel: it has refused too many closes; the operator can leave it alone.", nameof(request));
        }

        LogClosedTogether(Channel, answer.Close.Cumulative.Value);
    }

    public async Task<bool> LeaveAsync(CancellationToken cancellationToken)
    {
        if (_signer is null || await FindOwnAsync(_signer, cancellationToken) is not { State.Phase: WorkerChannelPhase.Open } channel)
        {
            return false;
        }

        // All that is due until now is promised first; the sweeps to come charge it, since the channel then ends.
        ChannelDue due = await store.ReadDueAsync(channel, MaxCovered, cancellationToken);
        await SignAsync(_signer, channel, channel.Terms(), due, atOnce: true, cancellationToken);
        LogLeft(Channel);
        await PlaceCallAsync(channel, "start close", 0, ChannelMessages.StartClose, cancellationToken);
        return true;
    }

    private static async Task<Signature> SignAsync(IVoucherSigner signer, CooperativeClose close, CancellationToken cancellationToken)
    {
        try
        {
            return await signer.SignAsync(close, cancellationToken);
        }
        catch (VoucherRefusedException refused)
        {
            throw new ArgumentException($"answer.close: {refused.Message}", nameof(close));
        }
    }

    private async Task<(IVoucherSigner Signer, WorkerChannel Channel, ProviderRequest Request)> ReadAsync(
        byte[] request, ProviderRequestKind kind, CancellationToken cancellationToken)
    {
        if (_signer is not { } signer || await FindOwnAsync(signer, cancellationToken) is not { } channel)
        {
            throw new ArgumentException("request.channel: there is no such channel here.", nameof(request));
        }

        return (signer, channel, ProviderRequests.Read(request, channel.AccountId, kind, signer.Network, clock.GetUtcNow()));
    }

    /// <summary>Its provider is paid elsewhere from now on, or by transfer: closes it alone, unless the provider closes it with us meanwhile.</summary>
    private async Task LeaveAsync(WorkerChannel channel, PayoutOrder order, CancellationToken cancellationToken)
    {
        if (channel.State.Phase == WorkerChannelPhase.Unfunded)
        {
            // Nothing of it is on the chain, and where no top-up is on its way, nothing ever will be.
            await store.TryAbandonAsync(Channel, cancellationToken);
        }
        else if (channel.State.Phase == WorkerChannelPhase.Open)
        {
            LogLeaving(Channel, order.Address);
            await PlaceCallAsync(channel, "start close", order.Number, ChannelMessages.StartClose, cancellationToken);
        }
    }

    /// <summary>A person must look where the delay is half over and the last voucher isn't charged: after it the provider would have to wait for another channel.</summary>
    private void WarnOfUnclaimed(WorkerChannel channel, StoredVoucher? voucher, long chainTime)
    {
        if (channel.State.Phase == WorkerChannelPhase.Closing
            && voucher is not null
            && IsCharged(channel.State, voucher)
            && chainTime >= channel.State.UnlockTime - (channel.CloseDelay / 2))
        {
            LogUnclaimed(voucher.Serial, Channel, channel.State.UnlockTime);
        }
    }

    /// <summary>Takes the rest back when the delay has passed and everything promised is charged. Whoever started the close.</summary>
    private async Task FinishCloseAsync(WorkerChannel channel, long chainTime, CancellationToken cancellationToken)
    {
        if (channel.State is { Phase: WorkerChannelPhase.Closing, UnlockTime: > 0 } && chainTime > channel.State.UnlockTime)
        {
            await PlaceCallAsync(channel, "finish close", channel.State.UnlockTime, ChannelMessages.FinishClose, cancellationToken);
        }
    }
}
