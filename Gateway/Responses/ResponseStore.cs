using CocoonOrleans.Gateway.Authentication;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Sealing;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Responses;

/// <summary>
/// The responses of this gateway that can be read later: those in the background while they run, and what was sealed of ended ones. In memory alone: they end with the process, and other
/// gateways don't have them.
/// </summary>
public sealed class ResponseStore : IDisposable
{
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromMinutes(1);

    private readonly ResponseOptions _options;
    private readonly ITimer _sweep;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, RunningResponse> _running = new(StringComparer.Ordinal);
    private readonly SealedTexts _ended;

    /// <summary>Made once for the process.</summary>
    public ResponseStore(IOptions<GatewayOptions> options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        _options = options.Value.Responses;
        _ended = new SealedTexts(_options.KeepFor, _options.MaxBytes, time);
        _sweep = time.CreateTimer(_ => _ended.Sweep(), null, SweepPeriod, SweepPeriod);
    }

    /// <summary>Whether a key may have one more response in the background.</summary>
    public bool HasRoom(string keyId)
    {
        lock (_lock)
        {
            return _running.Count < _options.MaxBackground && _running.Values.Count(running => running.Job.Caller.KeyId == keyId) < _options.MaxBackgroundPerKey;
        }
    }

    /// <summary>Takes on a response in the background.</summary>
    public void Begin(RunningResponse running)
    {
        ArgumentNullException.ThrowIfNull(running);
        lock (_lock)
        {
            _running.Add(running.Builder.Id, running);
        }
    }

    /// <summary>Keeps an ended response, sealed; nothing of it is readable here any more.</summary>
    public void Keep(Caller caller, string apiKey, string id, KeptResponse response)
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(response);
        _ended.Keep(caller.KeyId, apiKey, id, response.ToUtf8());
        lock (_lock)
        {
            if (_running.Remove(id, out RunningResponse? running))
            {
                running.Ended.TrySetResult();
            }
        }
    }

    /// <summary>A key's response that is under way; null where there is none.</summary>
    public RunningResponse? FindRunning(Caller caller, string id)
    {
        ArgumentNullException.ThrowIfNull(caller);
        lock (_lock)
        {
            return _running.GetValueOrDefault(id) is { } running && running.Job.Caller.KeyId == caller.KeyId ? running : null;
        }
    }

    /// <summary>A key's ended response, opened with the key; null where there is none.</summary>
    public KeptResponse? Find(Caller caller, string apiKey, string id)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return _ended.Find(caller.KeyId, apiKey, id) is { } text ? KeptResponse.Parse(text) : null;
    }

    /// <summary>Forgets a key's ended response.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Delete(Caller caller, string id)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return _ended.Delete(caller.KeyId, id);
    }

    /// <inheritdoc/>
    public void Dispose() => _sweep.Dispose();
}
