using CocoonOrleans.Tests.Inference.Cuda.Emulation;
using CocoonOrleans.WorkerHost.Gpus;

namespace CocoonOrleans.Tests.Inference.WorkerHost.Gpus;

/// <summary>The binding over a FAKE library that g++ makes of NVIDIA's layouts: no NVIDIA driver has been asked by it.</summary>
public sealed class NvmlLibraryTests
{
    private static readonly byte[] Nonce = [.. Enumerable.Range(100, 32).Select(value => (byte)value)];

    [SkippableFact]
    public void Report_OfEachGpu_IsWhatTheLibraryWroteForTheNonce()
    {
        NvmlLibrary nvml = Open();

        Assert.Equal(0, nvml.Report(0, Nonce, out byte[] first));
        Assert.Equal(0, nvml.Report(1, Nonce, out byte[] second));

        Assert.Equal([0, .. Nonce], first);
        Assert.Equal(0x2000, second.Length);
        Assert.Equal([1, .. Nonce], second[..33]);
        Assert.All(Enumerable.Range(33, second.Length - 33), at => Assert.Equal((byte)(at & 0xFF), second[at]));
    }

    [SkippableFact]
    public void Certificates_OfEachGpu_AreThoseForAttestation()
    {
        NvmlLibrary nvml = Open();

        Assert.Equal(0, nvml.Certificates(0, out byte[] first));
        Assert.Equal(0, nvml.Certificates(1, out byte[] second));

        Assert.Equal([0, .. "cccc"u8], first);
        Assert.Equal([1, .. Enumerable.Repeat((byte)'c', 0x1400 - 1)], second);
    }

    [SkippableFact]
    public void State_Count_AreTheLibrarys()
    {
        NvmlLibrary nvml = Open();

        Assert.Equal((0, 0), (nvml.Init(), nvml.ReadState(out ConfidentialState state)));
        Assert.Equal(new ConfidentialState(2, 1, 0), state);
        Assert.Equal((0, 2), (nvml.Count(out int count), count));
        Assert.Equal(0, nvml.Shutdown());
    }

    [SkippableFact]
    public void Report_GpuThatIsNotThere_IsNVIDIAsOwnError()
    {
        NvmlLibrary nvml = Open();

        var code = nvml.Report(7, Nonce, out byte[] report);

        Assert.Equal((2, 0, "Invalid Argument"), (code, report.Length, nvml.Describe(code)));
    }

    [Fact]
    public void Open_LibraryThatIsTooOld_NamesWhatIsMissing()
    {
        // Any library that is no NVML.
        Assert.Null(NvmlLibrary.TryOpen("libc.so.6", out string? reason));
        Assert.Contains("nvmlInit_v2", reason, StringComparison.Ordinal);
        Assert.Contains("driver 535", reason, StringComparison.Ordinal);
    }

    private static NvmlLibrary Open()
    {
        HostCompiler.SkipIfAbsent();
        string path = HostCompiler.BuildLibrary(Path.Combine(AppContext.BaseDirectory, "WorkerHost", "Gpus", "fake-nvml.cpp"));
        NvmlLibrary? nvml = NvmlLibrary.TryOpen(path, out string? reason);
        Assert.True(nvml is not null, reason);
        return nvml;
    }
}
