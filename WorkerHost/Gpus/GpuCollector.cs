using CocoonOrleans.Attestation.Gpus;
using CocoonOrleans.Sealing;

namespace CocoonOrleans.WorkerHost.Gpus;

/// <summary>
/// Asks all GPUs of the machine for reports that are made for the nonce of a statement. What is missing is said in words and never thrown: a worker without the evidence goes on without the claim. That confidential computing
/// is on is asked here, since no report of a Hopper GPU says it: an image whose measurement is known is known to ask.
/// </summary>
public sealed class GpuCollector
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Func<(INvml? Library, string? Reason)> _open;
    private readonly TimeProvider _time;
    private Task<GpuCollection> _running = Task.FromResult(GpuCollection.None(""));

    /// <summary>Over the library that is on the machine.</summary>
    /// <param name="time">For the limit of time, 30 seconds for all GPUs.</param>
    public GpuCollector(TimeProvider time)
        : this(() => (NvmlLibrary.TryOpen(NvmlLibrary.Name, out string? reason), reason), time)
    {
    }

    /// <summary>Over something that plays it: for tests.</summary>
    internal GpuCollector(Func<(INvml? Library, string? Reason)> open, TimeProvider time) => (_open, _time) = (open, time);

    /// <summary>Collects. One caller at a time.</summary>
    /// <param name="nonce">What the reports are to be made for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal async Task<GpuCollection> CollectAsync(Digest nonce, CancellationToken cancellationToken)
    {
        // Nothing ends a call into a driver that hangs: it is left alone, and not called a second time meanwhile.
        if (!_running.IsCompleted)
        {
            return GpuCollection.None("NVIDIA's library has not answered since the last time; start the machine again");
        }

        _running = Task.Run(() => Collect(nonce.ToArray()), CancellationToken.None);
        try
        {
            return await _running.WaitAsync(Limit, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return GpuCollection.None($"NVIDIA's library did not answer within {Limit.TotalSeconds:0} s");
        }
    }

    private GpuCollection Collect(byte[] nonce)
    {
        var (library, reason) = _open();
        if (library is null)
        {
            return GpuCollection.None(reason!);
        }

        if (library.Init() is not 0 and var initialised)
        {
            return Failed(library, "nvmlInit_v2", initialised);
        }

        try
        {
            return CollectAll(library, nonce);
        }
        finally
        {
            library.Shutdown();
        }
    }

    private static GpuCollection CollectAll(INvml library, byte[] nonce)
    {
        if (library.ReadState(out ConfidentialState state) is not 0 and var unread)
        {
            return Failed(library, "nvmlSystemGetConfComputeState", unread);
        }

        if (state.Fault is { } fault)
        {
            return GpuCollection.None(fault);
        }

        if (library.Count(out int count) is not 0 and var uncounted)
        {
            return Failed(library, "nvmlDeviceGetCount_v2", uncounted);
        }

        if (count is 0 or > GpuEvidence.MostDevices)
        {
            return GpuCollection.None($"there are {count} GPUs, and evidence is of 1 to {GpuEvidence.MostDevices}");
        }

        var devices = new List<GpuDevice>(count);
        for (var device = 0; device < count; device++)
        {
            if (library.Report(device, nonce, out byte[] report) is not 0 and var unreported)
            {
                return Failed(library, $"nvmlDeviceGetConfComputeGpuAttestationReport of GPU {device}", unreported);
            }

            if (library.Certificates(device, out byte[] chain) is not 0 and var uncertified)
            {
                return Failed(library, $"nvmlDeviceGetConfComputeGpuCertificate of GPU {device}", uncertified);
            }

            if (report.Length == 0 || chain.Length == 0)
            {
                return GpuCollection.None($"GPU {device} gave an empty report or no certificates; update NVIDIA's driver");
            }

            devices.Add(new GpuDevice(report, chain));
        }

        return new GpuCollection(new GpuEvidence(devices), null);
    }

    private static GpuCollection Failed(INvml library, string function, int code) => GpuCollection.None($"{function} returned {code} ({library.Describe(code)})");
}
