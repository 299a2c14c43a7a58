using System.Globalization;
using CocoonOrleans.Cli.Accounts;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Settlement;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Market;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Chain;
using CocoonOrleans.Ton.Messages;
using CocoonOrleans.Ton.Providers;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Cli.Demo;

/// <summary>Lets the operator pay the provider of the answer now, and reads from the chain itself what came of it.</summary>
/// <param name="network">The network.</param>
/// <param name="settlement">How it settles.</param>
/// <param name="data">Its data.</param>
/// <param name="clock">The clock of all waits.</param>
internal sealed class DemoSettlement(LocalNetwork network, SettlementPlace settlement, DataFolder data, TimeProvider clock)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Asks for the charge, and waits until the chain has paid and the books say so.</summary>
    /// <exception cref="CommandFailedException">It took too long, or the chain says something else than the contract allows.</exception>
    public async Task<DemoPayout> PayAsync(CancellationToken cancellationToken)
    {
        using var admin = AdminClient.Of(network.Topology.AdminUrl, data);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Deadline };
        var chain = new ToncenterClient(http, new ToncenterOptions { Address = settlement.Endpoint(1), Timeout = Deadline }, clock);
        var (provider, channel) = await WaitAsync("a voucher to charge", () => TryChargeAsync(admin, cancellationToken), cancellationToken);
        var payout = await WaitAsync("the payout on the chain", () => FindPayoutAsync(chain, cancellationToken), cancellationToken);
        await WaitAsync("the payout in the books", () => IsBookedAsync(admin, provider, cancellationToken), cancellationToken);
        try
        {
            var state = ChannelState.Read((await chain.GetAccountAsync(TonAddress.ParseRaw(channel), null, cancellationToken)).Data!);
            var balance = (await chain.GetAccountAsync(settlement.PayoutAddress, null, cancellationToken)).Balance;
            var prices = ChainPrices.Read(
                await chain.GetConfigParamAsync(ChainPrices.GasParameter, cancellationToken),
                await chain.GetConfigParamAsync(ChainPrices.ForwardParameter, cancellationToken));
            return new DemoPayout(
                provider, channel, settlement.PayoutAddress.ToString(), payout.Hash.ToString(), payout.InMessage!.Value, balance, state.Claimed, prices.OfMessage(0, 0));
        }
        catch (Exception exception) when (exception is TonFormatException or ChainException)
        {
            throw new CommandFailedException($"The chain says nothing that can be read: {exception.Message}", "See the logs.", innerException: exception);
        }
    }

    /// <summary>The channel of whoever answered holds coins only some seconds after it has earned something.</summary>
    private async Task<Charged?> TryChargeAsync(AdminClient admin, CancellationToken cancellationToken)
    {
        foreach (var provider in settlement.Providers)
        {
            var id = ProviderId.Of(provider.Key);
            if (await admin.ChargeAsync(id, cancellationToken) is { } channel)
            {
                return new Charged(id, channel);
            }
        }

        return null;
    }

    private async Task<Transaction?> FindPayoutAsync(ToncenterClient chain, CancellationToken cancellationToken) =>
        (await chain.GetTransactionsAsync(settlement.PayoutAddress, null, 1, cancellationToken)).SingleOrDefault(transaction => transaction.InMessage is not null);

    private static async Task<object?> IsBookedAsync(AdminClient admin, string provider, CancellationToken cancellationToken) =>
        await admin.FindProviderDueAsync(provider, cancellationToken) == Nano.Zero ? provider : null;

    private async Task<T> WaitAsync<T>(string what, Func<Task<T?>> look, CancellationToken cancellationToken)
        where T : class
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            if (await look() is { } seen)
            {
                return seen;
            }

            if (clock.GetElapsedTime(started) > Deadline)
            {
                throw new CommandFailedException(
                    string.Create(CultureInfo.InvariantCulture, $"After {Deadline.TotalSeconds:0} s there is still not {what}."), "See the log of the silo.", network.Silo.Current.LastLines);
            }

            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    private sealed record Charged(string Provider, string Channel);
}
