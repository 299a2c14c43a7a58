using CocoonOrleans.Inference.Cuda.Driver;

namespace CocoonOrleans.Inference.Cuda;

/// <summary>What of CUDA this machine has, found by looking: device nodes, the driver, its GPUs, and the compiler for our kernels.</summary>
public sealed record CudaPresence
{
    // dxg is the GPU inside of Windows' subsystem for Linux.
    private static readonly string[] Nodes = ["/dev/nvidiactl", "/dev/nvidia0", "/dev/dxg"];

    /// <summary>Device nodes of the GPU's kernel driver that exist.</summary>
    public required IReadOnlyList<string> DeviceNodes { get; init; }

    /// <summary>The newest CUDA that the driver serves; null where it can't be used.</summary>
    public Version? DriverVersion { get; init; }

    /// <summary>Why the driver can't be used; empty where it can.</summary>
    public string DriverRefusal { get; init; } = "";

    /// <summary>The GPUs that the driver sees.</summary>
    public IReadOnlyList<GpuDescription> Gpus { get; init; } = [];

    /// <summary>Version of the compiler for our kernels; null where it can't be used.</summary>
    public Version? CompilerVersion { get; init; }

    /// <summary>Why the compiler can't be used; empty where it can.</summary>
    public string CompilerRefusal { get; init; } = "";

    /// <summary>Whether there is a GPU that can be computed with.</summary>
    public bool IsUsable => Gpus.Count > 0;

    /// <summary>Looks. Loads the driver and the compiler where they are there.</summary>
    public static CudaPresence Probe(CudaOptions? options = null)
    {
        var presence = new CudaPresence { DeviceNodes = [.. Nodes.Where(File.Exists)] };
        try
        {
            var driver = CudaDriver.Load();
            presence = presence with
            {
                DriverVersion = driver.Version,
                Gpus = [.. Enumerable.Range(0, driver.DeviceCount).Select(driver.Device).Select(device => new GpuDescription(driver.DeviceName(device), Capability(driver, device), driver.DeviceMemory(device)))],
            };
        }
        catch (CudaException e)
        {
            presence = presence with { DriverRefusal = e.Message };
        }

        try
        {
            return presence with { CompilerVersion = Nvrtc.Load(options?.NvrtcLibrary).Version };
        }
        catch (CudaException e)
        {
            return presence with { CompilerRefusal = e.Message };
        }
    }

    /// <summary>What was seen, in a sentence or two.</summary>
    public override string ToString()
    {
        var nodes = DeviceNodes.Count > 0 ? $"device nodes {string.Join(", ", DeviceNodes)}" : $"no device node ({string.Join(", ", Nodes)})";
        var driver = DriverVersion is null ? DriverRefusal : $"driver for CUDA {DriverVersion} with {Gpus.Count} GPUs";
        return $"{nodes}; {driver}";
    }

    internal static int Capability(CudaDriver driver, int device)
        => (driver.DeviceAttribute(CudaDriver.ComputeCapabilityMajor, device) * 10) + driver.DeviceAttribute(CudaDriver.ComputeCapabilityMinor, device);
}
