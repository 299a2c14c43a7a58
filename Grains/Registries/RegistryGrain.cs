using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Grains.Registries;

/// <summary>Reads the network's registry every few seconds. What gateways are told is on the disk first; while the chain is away the last known stays, with its age.</summary>
internal sealed partial class RegistryGrain(
    [PersistentState("registry")] IPersistentState<RegistryRecord> record,
    IOptions<RegistryOptions> options,
    IServiceProvider services,
    TimeProvider clock,
    ILogger<RegistryGrain> logger) : Grain, IRegistryGrain
{
    /// <summary>How long the first read may hold up whoever asks first.</summary>
    private static readonly TimeSpan FirstRead = TimeSpan.FromSeconds(5);

    private readonly IRegistryChain? _chain = services.GetService<IRegistryChain>();
    private RegistryRecord _known = new();
    private int? _waiting;
    private bool _failing;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _known = record.State;
        if (_chain is null)
        {
            return;
        }

        using var limit = new CancellationTokenSource(FirstRead, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        await ReadAsync(either.Token);

        // Interleaved: who asks is answered from memory while a chain is waited for. Nobody else changes anything here.
        this.RegisterGrainTimer(ReadAsync, new GrainTimerCreationOptions(options.Value.Interval, options.Value.Interval) { KeepAlive = true, Interleave = true });
    }

    public Task<RegistryAnswer> GetAsync(long knownRevision, CancellationToken cancellationToken) => Task.FromResult(
        _chain is null
            ? new RegistryAnswer(IsUsed: false, 0, default, null)
            : new RegistryAnswer(
                IsUsed: true,
                _known.Revision,
                _known.Content is null ? DateTimeOffset.MinValue : _known.Time + options.Value.MaxAge,
                _known.Revision == knownRevision ? null : _known.Content));

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            string registry = _chain!.Registry;
            RegistryObservation seen = await _chain.ReadAsync(_known.FloorOf(registry), cancellationToken);
            RegistryRecord after = _known.After(seen, clock.GetUtcNow());
            if (after.DiffersFrom(record.State, options.Value.MaxAge / 10))
            {
                await WriteAsync(after, cancellationToken);
            }

            if (after.Revision != _known.Revision)
            {
                LogRead(registry, seen.Mark.Version, seen.Images.Count, seen.Models.Count, seen.Unreadable);
            }

            if (seen.Waiting > 0 && seen.Waiting != _waiting)
            {
                LogWaiting(registry, seen.Waiting);
            }

            if (seen.Successor is { } successor && after.Revision != _known.Revision)
            {
                LogSuccessor(registry, successor);
            }

            (_known, _waiting, _failing) = (after, seen.Waiting, false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The silo stops, or the first read took too long: the timer reads again.
        }
        catch (Exception e)
        {
            if (!_failing)
            {
                LogFailed(_known.Time, e.Message);
            }

            _failing = true;
        }
    }

    private async Task WriteAsync(RegistryRecord after, CancellationToken cancellationToken)
    {
        RegistryRecord before = record.State;
        record.State = after;
        try
        {
            await record.WriteStateAsync(cancellationToken);
        }
        catch
        {
            record.State = before;
            DeactivateOnIdle();
            throw;
        }
    }

    [LoggerMessage(LogLevel.Information, "Registry {Registry} has version {Version}: {Images} images, {Models} models; {Unreadable} entries can't be read and allow nothing")]
    private partial void LogRead(string registry, uint version, int images, int models, int unreadable);

    [LoggerMessage(LogLevel.Warning, "Registry {Registry}: {Count} proposals wait to change it; see ./cocoon registry show")]
    private partial void LogWaiting(string registry, int count);

    [LoggerMessage(LogLevel.Warning, "Registry {Registry} is followed by {Successor}: set Registry:Address to it")]
    private partial void LogSuccessor(string registry, string successor);

    [LoggerMessage(LogLevel.Warning, "The registry can't be read; what was known at {Time} stays in force while it is fresh enough: {Reason}")]
    private partial void LogFailed(DateTimeOffset time, string reason);
}
