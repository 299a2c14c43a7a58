using CocoonOrleans.Gateway.Authentication;
using CocoonOrleans.Gateway.Hosting;
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
    private readonly TimeProvider _time;
    private readonly ITimer _sweep;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, RunningResponse> _running = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Sealed> _ended = new(StringComparer.Ordinal);
    private readonly LinkedList<string> _oldestFirst = [];
    private long _bytes;

    /// <summary>Made once for the process.</summary>
    public ResponseStore(IOptions<GatewayOptions> options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        (_options, _time) = (options.Value.Responses, time);
        _sweep = time.CreateTimer(_ => Sweep(), null, SweepPeriod, SweepPeriod);
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
        var box = new Sealed(caller.KeyId, ResponseSeal.Seal(apiKey, id, response.ToUtf8()), _time.GetUtcNow() + _options.KeepFor);
        lock (_lock)
        {
            if (_running.Remove(id, out RunningResponse? running))
            {
                running.Ended.TrySetResult();
            }

            Drop(id);
            _ended.Add(id, box);
            _oldestFirst.AddLast(id);
            _bytes += box.Bytes.Length;
            while (_bytes > _options.MaxBytes && _oldestFirst.First is { } oldest)
            {
                Drop(oldest.Value);
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
        Sealed? box;
        lock (_lock)
        {
            box = _ended.GetValueOrDefault(id);
        }

        return box is not null && box.KeyId == caller.KeyId && box.Until > _time.GetUtcNow() && ResponseSeal.Open(apiKey, id, box.Bytes) is { } text ? KeptResponse.Parse(text) : null;
    }

    /// <summary>Forgets a key's ended response.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Delete(Caller caller, string id)
    {
        ArgumentNullException.ThrowIfNull(caller);
        lock (_lock)
        {
            return _ended.GetValueOrDefault(id) is { } box && box.KeyId == caller.KeyId && Drop(id);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _sweep.Dispose();

    private void Sweep()
    {
        DateTimeOffset now = _time.GetUtcNow();
        lock (_lock)
        {
            while (_oldestFirst.First is { } oldest && _ended[oldest.Value].Until <= now)
            {
                Drop(oldest.Value);
            }
        }
    }

    private bool Drop(string id)
    {
        if (!_ended.Remove(id, out Sealed? box))
        {
            return false;
        }

        _oldestFirst.Remove(id);
        _bytes -= box.Bytes.Length;
        return true;
    }

    private sealed record Sealed(string KeyId, byte[] Bytes, DateTimeOffset Until);
}
