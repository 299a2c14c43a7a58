using CocoonOrleans.Inference.Cuda;
using CocoonOrleans.Inference.Cuda.Driver;

namespace CocoonOrleans.Tests.Inference.Cuda;

/// <summary>COCOON_LIBCUDA names a driver library to try on a machine that has none of its own.</summary>
public sealed class CudaDriverTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_WithoutTheLibrary_SaysWhatToDo()
    {
        var error = Assert.Throws<CudaException>(() => CudaDriver.Load(_folder.File("libcuda.so.1")));

        Assert.Null(error.Code);
        Assert.Contains(_folder.File("libcuda.so.1"), error.Message);
        Assert.Contains("Install the NVIDIA driver", error.Message);
    }

    [Fact]
    public void Load_AnotherLibrary_NamesTheFunctionThatItLacks()
    {
        var error = Assert.Throws<CudaException>(() => CudaDriver.Load("libc.so.6"));

        Assert.Contains("cuGetErrorName", error.Message);
    }

    /// <summary>NVIDIA's library itself, on a machine without its GPU: every function is found, and its refusal is told in its words.</summary>
    [SkippableFact]
    public void Load_LibraryWithoutAGpu_TellsTheDriversReason()
    {
        var library = Environment.GetEnvironmentVariable("COCOON_LIBCUDA");
        Skip.If(library is null, "COCOON_LIBCUDA names no driver library, so it was NOT tested whether NVIDIA's has the functions that we call");
        Skip.If(CudaPresence.Probe().IsUsable, "this machine has a GPU");

        var error = Assert.Throws<CudaException>(() => CudaDriver.Load(library));

        Assert.NotNull(error.Code);
        Assert.Contains("CUDA_ERROR_", error.Message);
        Assert.Contains("cuInit", error.Message);
    }

    [SkippableFact]
    public void Probe_OnAMachineWithoutAGpu_SaysWhatIsMissing()
    {
        var presence = CudaPresence.Probe(new CudaOptions { NvrtcLibrary = _folder.File("none.so") });
        Skip.If(presence.IsUsable, "this machine has a GPU");

        Assert.NotEmpty(presence.DriverRefusal);
        Assert.Empty(presence.Gpus);
        Assert.Null(presence.CompilerVersion);
        Assert.Contains("none.so", presence.CompilerRefusal);
        Assert.Contains(presence.DriverRefusal, presence.ToString());
    }
}
