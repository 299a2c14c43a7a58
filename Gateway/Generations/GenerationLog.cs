using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Dispatch;
using CocoonOrleans.Gateway.Hosting;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Generations;

/// <summary>How the newest jobs of this gateway went, for their clients: counts, times and names, never a text. In memory alone.</summary>
public sealed class GenerationLog(IOptions<GatewayOptions> options, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Generation> _byJob = [];
    private readonly Queue<Guid> _oldestFirst = new();
    private readonly int _most = options.Value.Generations;

    /// <summary>Notes how a job ended.</summary>
    public void Add(AdmittedJob job, JobResult result)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(result);
        var generation = new Generation(job, result, time.GetElapsedTime(job.Arrived), job.Progress.FirstToken is { } first ? time.GetElapsedTime(job.Arrived, first) : null);
        lock (_lock)
        {
            if (!_byJob.TryAdd(job.JobId, generation))
            {
                return;
            }

            _oldestFirst.Enqueue(job.JobId);
            if (_oldestFirst.Count > _most)
            {
                _byJob.Remove(_oldestFirst.Dequeue());
            }
        }
    }

    /// <summary>A key's job; null where this gateway doesn't know it.</summary>
    public Generation? Find(string keyId, Guid jobId)
    {
        lock (_lock)
        {
            return _byJob.GetValueOrDefault(jobId) is { } generation && generation.KeyId == keyId ? generation : null;
        }
    }
}
