using System.Globalization;
using System.Security.Cryptography;
using CocoonOrleans.Market;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Chain;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Cli.Watchtower;

/// <summary>Looks at the channels of some vouchers, and charges those whose payer is leaving.</summary>
/// <param name="chain">The chain.</param>
/// <param name="folder">The vouchers.</param>
/// <param name="gas">Pays.</param>
/// <param name="clock">For the pauses of <see cref="SettleAsync"/>.</param>
internal sealed class Tower(TonChain chain, VoucherFolder folder, GasWallet gas, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Who pays.</summary>
    public GasWallet Gas => gas;

    /// <summary>Looks at all channels, and sends what has to be charged.</summary>
    /// <exception cref="ChainException">The chain can't be asked, or its endpoints don't agree.</exception>
    public async Task<TowerRound> LookAsync(CancellationToken cancellationToken)
    {
        var (vouchers, refused) = folder.Read();
        List<TowerChannel> seen = [.. refused];
        List<(SignedVoucher Voucher, TowerChannel Channel)> due = [];
        foreach (var (address, kept) in vouchers.OrderBy(pair => pair.Key.ToString(), StringComparer.Ordinal))
        {
            var (voucher, channel) = await LookAsync(address, kept, cancellationToken);
            if (voucher is not null && channel.Action == TowerAction.Charging)
            {
                due.Add((voucher, channel));
            }
            else
            {
                seen.Add(channel);
            }
        }

        seen.AddRange(await ChargeAsync(due, cancellationToken));
        return new TowerRound([.. seen.OrderBy(channel => channel.Channel, StringComparer.Ordinal)]);
    }

    /// <summary>Looks again until nothing is on its way any more, for three minutes at most.</summary>
    /// <param name="round">What was seen.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ChainException">The chain can't be asked, or its endpoints don't agree.</exception>
    public async Task<TowerRound> SettleAsync(TowerRound round, CancellationToken cancellationToken)
    {
        HashSet<string> charging = [.. round.Channels.Where(channel => channel.Action == TowerAction.Charging).Select(channel => channel.Channel)];
        var start = clock.GetTimestamp();
        while (round.Channels.Any(channel => channel.Action == TowerAction.Charging) && clock.GetElapsedTime(start) < Patience)
        {
            await Task.Delay(Pause, clock, cancellationToken);
            round = await LookAsync(cancellationToken);
        }

        return new TowerRound([.. round.Channels.Select(channel => channel.Action == TowerAction.None && charging.Contains(channel.Channel)
            ? channel with { Action = TowerAction.Charged, IsLate = false, Reason = "the chain has paid it" }
            : channel)]);
    }

    private static TowerChannel Leaving(TonAddress address, SignedVoucher voucher, ChannelState state, Nano unclaimed, uint now)
    {
        var seen = new TowerChannel(address.ToString(), TowerAction.None, "", voucher.Voucher.Cumulative.ToString(), state.Claimed.ToString(), state.UnlockTime);
        if (unclaimed < ChannelMessages.LeastPayout)
        {
            return seen with { Reason = "the payer leaves, and nothing is left to charge" };
        }

        // The delay counts backwards: what isn't claimed at half of it needs a person.
        var isLate = now > state.UnlockTime - (state.Terms.CloseDelay / 2);
        return seen with
        {
            Action = TowerAction.Charging,
            IsLate = isLate,
            Reason = string.Create(CultureInfo.InvariantCulture, $"the payer leaves; {unclaimed.ToCoinString()} coins are charged{(isLate ? ", and half of the delay is over" : "")}"),
        };
    }

    private async Task<(SignedVoucher? Voucher, TowerChannel Seen)> LookAsync(TonAddress address, IReadOnlyList<SignedVoucher> vouchers, CancellationToken cancellationToken)
    {
        // Nothing is given away by a lie here, but what is not seen is lost: as many witnesses as the highest voucher is worth.
        var highest = vouchers[0].Voucher.Cumulative;
        var account = await chain.GetAccountAsync(address, highest, cancellationToken);
        (SignedVoucher?, TowerChannel) Refused(string reason) => (null, new(address.ToString(), TowerAction.Refused, reason, highest.ToString()));
        if (account.Data is null || account.Code?.Hash != ContractCode.Channel.Hash)
        {
            return Refused("there is no channel at this address");
        }

        ChannelState state;
        try
        {
            state = ChannelState.Read(account.Data);
        }
        catch (TonFormatException malformed)
        {
            return Refused(malformed.Message);
        }

        if (state.Terms.Address != address || vouchers.FirstOrDefault(kept => kept.IsSignedBy(state.Terms.PayerKey)) is not { } voucher)
        {
            return Refused(vouchers.Count == 1 ? "the voucher is not signed by the channel's payer" : "none of its vouchers is signed by the channel's payer");
        }

        var unclaimed = Nano.Min(voucher.Voucher.Cumulative, state.Deposited - state.Withdrawn) - state.Claimed;
        if (state.Phase == ChannelPhase.Closed)
        {
            return (voucher, new TowerChannel(address.ToString(), TowerAction.None, "the channel is closed", voucher.Voucher.Cumulative.ToString(), state.Claimed.ToString()));
        }

        return (voucher, state.Phase == ChannelPhase.Closing || state.PendingWithdraw > Nano.Zero
            ? Leaving(address, voucher, state, unclaimed, account.Time)
            : new TowerChannel(address.ToString(), TowerAction.None, "nobody leaves", voucher.Voucher.Cumulative.ToString(), state.Claimed.ToString()));
    }

    private async Task<IEnumerable<TowerChannel>> ChargeAsync(List<(SignedVoucher Voucher, TowerChannel Channel)> due, CancellationToken cancellationToken)
    {
        if (due.Count == 0)
        {
            return [];
        }

        // Who may go on first is charged first.
        var ordered = due.OrderBy(one => one.Channel.UnlockTime).ToList();
        var messages = ordered.Select(one => GasWallet.Charge(
            one.Voucher.Voucher.Channel, ChannelMessages.Charge(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) >> 1, one.Voucher)));
        var sent = await gas.SendAsync([.. messages], cancellationToken);
        return ordered.Select((one, index) => sent is { } count && index >= count
            ? one.Channel with { Action = TowerAction.NoGas, Reason = $"{one.Channel.Reason}, if somebody sends coins to {gas.Shown}" }
            : one.Channel);
    }
}
