using System.Text;
using CocoonOrleans.Sealing;
using CocoonOrleans.Tests.Unit.Tunnel;
using CocoonOrleans.WorkerHost.Gpus;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Inference.WorkerHost.Gpus;

public sealed class GpuCollectorTests
{
    private static readonly Digest Nonce = Digest.Of("a nonce"u8);

    [Fact]
    public async Task Collect_AllGpus_AreAskedForTheNonceAndTheLibraryIsLeft()
    {
        var nvml = new FakeNvml { Gpus = 3 };

        GpuCollection collected = await CollectAsync(nvml);

        Assert.Null(collected.Reason);
        Assert.Equal(["chain of 0", "chain of 1", "chain of 2"], collected.Evidence!.Devices.Select(device => Encoding.ASCII.GetString(device.Chain.Span)));
        Assert.Equal(3, nvml.Nonces.Count);
        Assert.All(nvml.Nonces, nonce => Assert.Equal(Nonce.ToArray(), nonce));
        Assert.Equal(0, nvml.Open);
    }

    [Theory]
    [InlineData(0u, 1u, 0u, "no production environment (0)")]
    [InlineData(1u, 1u, 0u, "no production environment (1)")]
    [InlineData(2u, 0u, 0u, "confidential computing is off")]
    [InlineData(2u, 1u, 1u, "development mode")]
    public async Task Collect_GpusThatProtectNothing_GiveNoEvidence(uint environment, uint feature, uint tools, string reason)
    {
        var nvml = new FakeNvml { State = new ConfidentialState(environment, feature, tools) };

        GpuCollection collected = await CollectAsync(nvml);

        Assert.Null(collected.Evidence);
        Assert.Contains(reason, collected.Reason, StringComparison.Ordinal);
        Assert.Empty(nvml.Nonces);
        Assert.Equal(0, nvml.Open);
    }

    [Theory]
    [InlineData("nvmlInit_v2")]
    [InlineData("nvmlSystemGetConfComputeState")]
    [InlineData("nvmlDeviceGetCount_v2")]
    [InlineData("nvmlDeviceGetConfComputeGpuAttestationReport")]
    [InlineData("nvmlDeviceGetConfComputeGpuCertificate")]
    public async Task Collect_FunctionFails_IsNamedWithItsCode(string function)
    {
        GpuCollection collected = await CollectAsync(new FakeNvml { Codes = { [function] = 3 } });

        Assert.Null(collected.Evidence);
        Assert.StartsWith(function, collected.Reason, StringComparison.Ordinal);
        Assert.Contains("3 (fake error 3)", collected.Reason, StringComparison.Ordinal);
    }

    [Theory, InlineData(0), InlineData(17)]
    public async Task Collect_TooFewOrTooMany_GiveNoEvidence(int gpus) =>
        Assert.Contains($"there are {gpus} GPUs", (await CollectAsync(new FakeNvml { Gpus = gpus })).Reason, StringComparison.Ordinal);

    [Fact]
    public async Task Collect_EmptyReport_GivesNoEvidence() =>
        Assert.Contains("GPU 0 gave an empty report", (await CollectAsync(new FakeNvml { IsEmpty = true })).Reason, StringComparison.Ordinal);

    [Fact]
    public async Task Collect_NoLibraryOnTheMachine_SaysWhatToDo()
    {
        var collector = new GpuCollector(() => (NvmlLibrary.TryOpen("libnvidia-ml-that-is-not-here.so.1", out string? reason), reason), TimeProvider.System);

        GpuCollection collected = await collector.CollectAsync(Nonce, default);

        Assert.Null(collected.Evidence);
        Assert.Contains("install NVIDIA's driver", collected.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Collect_LibraryHangs_IsLeftAloneAndNotAskedAgain()
    {
        var hanging = new TaskCompletionSource();
        var (time, opened) = (new FakeTimeProvider(), 0);
        var nvml = new FakeNvml { Hangs = hanging.Task };
        var collector = new GpuCollector(() => (Interlocked.Increment(ref opened) > 0 ? nvml : null, null), time);

        Task<GpuCollection> first = collector.CollectAsync(Nonce, default);
        await Condition.HoldsAsync(() => Volatile.Read(ref opened) == 1, "the library is called");
        time.Advance(TimeSpan.FromSeconds(30));

        Assert.Contains("did not answer within 30 s", (await first).Reason, StringComparison.Ordinal);
        Assert.Contains("has not answered since the last time", (await collector.CollectAsync(Nonce, default)).Reason, StringComparison.Ordinal);
        Assert.Equal(1, opened);
        hanging.SetResult();
        await Condition.HoldsAsync(() => nvml.Nonces.Count == 1 && nvml.Open == 0, "the library has answered");
    }

    private static Task<GpuCollection> CollectAsync(FakeNvml nvml) => new GpuCollector(() => (nvml, null), TimeProvider.System).CollectAsync(Nonce, default);
}
