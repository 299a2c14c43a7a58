using CocoonOrleans.Grains.Channels;
using CocoonOrleans.Grains.Jobs;
using CocoonOrleans.Grains.Providers;
using CocoonOrleans.Grains.Solvency;
using CocoonOrleans.Grains.Wallets;
using CocoonOrleans.Ledger;
using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ledger.Holds;
using CocoonOrleans.Ledger.Invariants;
using CocoonOrleans.Ledger.Providers;
using CocoonOrleans.Ledger.Wallets;
using CocoonOrleans.Market;
using CocoonOrleans.Ton.Vouchers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Placement;

namespace CocoonOrleans.Grains.Sweeping;

/// <summary>
/// Reconciles one share of the ledger: every reminder, and more often while it is awake. Only sweeper 0 drains the outbox, wakes wallets and
/// checks the book, which are not split.
/// </summary>
[HashBasedPlacement]
internal sealed partial class SweeperGrain(
    ILedger ledger,
    IWalletStore wallets,
    IChannelStore channels,
    IClientChannelStore clientChannels,
    IProviderStore providers,
    IServiceProvider services,
    IOptions<SweeperOptions> options,
    TimeProvider clock,
    SolvencyProver prover,
    SweeperMetrics metrics,
    ILogger<SweeperGrain> logger) : Grain, ISweeperGrain, IRemindable
{
    private const string ReminderName = "sweep";
    private const int MaxDrainsPerSweep = 20;

    /// <summary>Orleans allows no shorter reminders.</summary>
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);

    private readonly ChainLook _look = new(services.GetService<IChannelChain>());

    private DateTimeOffset? _checkedAt;

    private int Shard => (int)this.GetPrimaryKeyLong();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (this.GetPrimaryKeyLong() is < 0 or >= ISweeperGrain.Count)
        {
            throw new InvalidOperationException($"Sweepers have keys 0 to {ISweeperGrain.Count - 1}.");
        }

        TimeSpan interval = options.Value.Interval;
        this.RegisterGrainTimer(TrySweepAsync, new GrainTimerCreationOptions(interval, interval) { KeepAlive = true });
        return Task.CompletedTask;
    }

    public Task ArmAsync(CancellationToken cancellationToken) =>
        this.RegisterOrUpdateReminder(ReminderName, ReminderPeriod, ReminderPeriod, cancellationToken);

    public Task ReceiveReminder(string reminderName, TickStatus status) => TrySweepAsync(CancellationToken.None);

    public async Task<SweepResult> SweepAsync(CancellationToken cancellationToken)
    {
        // What needs no chain first: a chain that is away is waited for.
        int released = await ReleaseExpiredAsync(cancellationToken);
        int drained = 0;
        if (Shard == 0)
        {
            drained = await DrainAsync(cancellationToken);
            await WakeWalletsAsync(cancellationToken);
            await CheckAsync(cancellationToken);
        }

        await SweepProvidersAsync(cancellationToken);
        await SweepChannelsAsync(cancellationToken);
        if (Shard == 0 && !_look.IsSilent)
        {
            await ProveAsync(cancellationToken);
        }

        return new SweepResult(released, drained);
    }

    private async Task TrySweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SweepAsync(cancellationToken);
        }
#pragma warning disable CA1031 // A database that is down now is swept when it is back.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogSweepFailed(Shard, error);
        }
    }

    private async Task<int> ReleaseExpiredAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<Hold> expired = await ledger.ListExpiredHoldsAsync(
            clock.GetUtcNow() - options.Value.Grace, Shard, ISweeperGrain.Count, options.Value.BatchSize, cancellationToken);
        int released = 0;
        foreach (Hold hold in expired)
        {
            try
            {
                var abandonment = new JobAbandonment(hold.AccountId, "expired");
                JobView? job = await GrainFactory.GetGrain<IJobGrain>(hold.JobId).AbandonAsync(abandonment, cancellationToken);
                released += job?.State == JobState.Released ? 1 : 0;
            }
#pragma warning disable CA1031 // One job must not keep the others from being released.
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                LogNotReleased(hold.JobId, error);
            }
        }

        if (released > 0)
        {
            LogReleased(released);
        }

        metrics.Released(released);
        return released;
    }

    private async Task<int> DrainAsync(CancellationToken cancellationToken)
    {
        int drained = 0;
        for (int round = 0; round < MaxDrainsPerSweep; round++)
        {
            int moved = await ledger.DrainOutboxAsync(options.Value.BatchSize, cancellationToken);
            drained += moved;
            if (moved < options.Value.BatchSize)
            {
                break;
            }
        }

        metrics.Drained(drained);
        return drained;
    }

    /// <summary>Providers that ordered to be paid get their channels. Without a chain there is nothing to give.</summary>
    private async Task SweepProvidersAsync(CancellationToken cancellationToken)
    {
        if (services.GetService<IVoucherSigner>() is null)
        {
            return;
        }

        IReadOnlyList<string> all = await providers.ListOrderingProvidersAsync(cancellationToken);
        foreach (string accountId in all.Where(IsOurs))
        {
            try
            {
                await GrainFactory.GetGrain<IProviderGrain>(accountId).SweepAsync(cancellationToken);
            }
#pragma warning disable CA1031 // One provider must not keep the others from being swept.
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                LogProviderNotSwept(accountId, error);
            }
        }
    }

    /// <summary>Whether what ends in a hexadecimal digit is of this share.</summary>
    private bool IsOurs(string name) => char.IsAsciiHexDigit(name[^1]) && Convert.ToInt32(name[^1..], 16) % ISweeperGrain.Count == Shard;

    /// <summary>
    /// Brings what the chain says of this share's channels, the last digit of the address decides. Without an answer what is due is signed all the same, within
    /// what was seen before; of clients' channels nothing is charged, but a payer that may get away is told of.
    /// </summary>
    private async Task SweepChannelsAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<WorkerChannel> ours = await channels.ListChannelsAsync(cancellationToken);
        IReadOnlyList<ClientChannel> clients = await clientChannels.ListClientChannelsAsync(cancellationToken);
        SweptChannel[] all =
        [
            .. ours.Where(channel => IsOurs(channel.Channel)).Select(channel => new SweptChannel(
                channel.Channel,
                channel.Terms,
                channel.State.Deposited,
                seen => GrainFactory.GetGrain<IPaymentChannelGrain>(channel.Channel).SweepAsync(seen, cancellationToken))),
            .. clients.Where(channel => IsOurs(channel.Channel)).Select(channel => new SweptChannel(
                channel.Channel,
                channel.Terms,
                channel.State.Deposited,
                seen => GrainFactory.GetGrain<IClientChannelGrain>(channel.Channel).SweepAsync(seen, cancellationToken))),
        ];
        foreach (SweptChannel channel in _look.Begin(all, channel => channel.Address))
        {
            ChannelObservation? seen = null;
            try
            {
                seen = await _look.ReadAsync(channel.Address, channel.Terms(), channel.Deposited, cancellationToken);
            }
            catch (ChainUnavailableException error)
            {
                LogChannelNotSeen(channel.Address, error.Message);
            }

            try
            {
                await channel.SweepAsync(seen);
            }
#pragma warning disable CA1031 // One channel must not keep the others from being swept.
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                LogChannelNotSwept(channel.Address, error);
            }
        }
    }

    /// <summary>Those with something to send, and those that are ours: coins may come in.</summary>
    private async Task WakeWalletsAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<string> busy = await wallets.ListBusyWalletsAsync(cancellationToken);
        foreach (string wallet in busy.Union(services.GetService<IWalletChain>()?.Wallets ?? []))
        {
            await GrainFactory.GetGrain<IWalletGrain>(wallet).WakeAsync(cancellationToken);
        }
    }

    private async Task ProveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await prover.SweepAsync(cancellationToken);
        }
        catch (ChainUnavailableException error)
        {
            LogNotProved(error.Message);
        }
    }

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (now - _checkedAt < options.Value.CheckInterval)
        {
            return;
        }

        foreach (InvariantViolation violation in await ledger.CheckInvariantsAsync(cancellationToken))
        {
            metrics.Violated(violation.Invariant);
            LogViolated(violation.Invariant, violation.Subject);
        }

        _checkedAt = now;
    }

    private sealed record SweptChannel(string Address, Func<ChannelTerms> Terms, Nano Deposited, Func<ChannelObservation?, Task> SweepAsync);
}
