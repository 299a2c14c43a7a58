using System.Globalization;
using CocoonOrleans.Cli.Models;
using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Inference.Cuda;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Torch;

namespace CocoonOrleans.Cli.Doctor;

/// <summary>What the engine needs: the house model's files; and what it can use: a GPU, and libtorch for its other backend and for training.</summary>
internal static class EngineChecks
{
    public static Finding Torch()
    {
        try
        {
            var loaded = TorchLibrary.Load();
            return new Finding("libtorch", FindingStatus.Ok, loaded.Repaired ? $"loads, with a repaired copy of its shim: {loaded.Path}" : "loads");
        }
        catch (TorchLibraryException exception)
        {
            return new Finding("libtorch", FindingStatus.Warning, exception.Message, "Only Worker:Native:Backend=torch, training and some tests need it. Delete artifacts/ and run ./cocoon again; see the message for the folder in question.");
        }
    }

    /// <summary>No GPU is fine: the engine computes on the processor. One that is there and can't be used is worth a warning.</summary>
    public static Finding Gpu(CudaPresence presence)
    {
        const string Name = "gpu";
        if (!presence.IsUsable)
        {
            return presence.DeviceNodes.Count == 0 && presence.DriverVersion is null
                ? new Finding(Name, FindingStatus.Ok, $"none, the engine computes on the processor ({presence})")
                : new Finding(Name, FindingStatus.Warning, presence.ToString(), "See what nvidia-smi says; without a GPU the engine computes on the processor.");
        }

        var gpus = string.Join("; ", presence.Gpus.Select(gpu => string.Create(
            CultureInfo.InvariantCulture, $"{gpu.Name}, compute capability {gpu.ComputeCapability / 10}.{gpu.ComputeCapability % 10}, {gpu.MemoryBytes / (double)(1L << 30):0.0} GiB")));
        return presence.CompilerVersion is { } compiler
            ? new Finding(Name, FindingStatus.Ok, $"{gpus}; driver for CUDA {presence.DriverVersion}, NVRTC {compiler}")
            : new Finding(Name, FindingStatus.Warning, $"{gpus}; {presence.CompilerRefusal}", "Without NVRTC our own CUDA kernels can't be compiled: see docs/cuda.md.");
    }

    public static Finding HouseModel(BuiltArtifacts artifacts)
    {
        var folder = HouseModelFolder.Path(artifacts);
        try
        {
            return new Finding("house model", FindingStatus.Ok, $"manifest {ModelFolder.Read(folder).Manifest.Sha256}");
        }
        catch (ModelFormatException exception)
        {
            return new Finding("house model", FindingStatus.Failed, exception.Message, $"Get its files again: git checkout -- {folder}");
        }
    }
}
