using System.Globalization;
using CocoonOrleans.Inference.Cpu.Kernels;

namespace CocoonOrleans.Benchmarks.Engine;

/// <summary>Where and under which load it was measured.</summary>
/// <param name="Processor">The processor's name.</param>
/// <param name="Cores">Cores that this process may use.</param>
/// <param name="Kernels">Our kernels that were used.</param>
/// <param name="HugePages">The system's setting of transparent huge pages.</param>
/// <param name="LoadBefore">Load average over a minute at the start; on a calm machine near 0.</param>
/// <param name="LoadAfter">The same at the end; what was measured adds its own threads.</param>
/// <param name="At">When it began.</param>
public sealed record BenchmarkMachine(string Processor, int Cores, string Kernels, string HugePages, double LoadBefore, double LoadAfter, DateTimeOffset At)
{
    /// <summary>Load average over the last minute; 0 where the system does not say.</summary>
    public static double Load()
        => File.Exists("/proc/loadavg") && double.TryParse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture, out var load) ? load : 0;

    /// <summary>Describes this machine.</summary>
    public static BenchmarkMachine Describe(double loadBefore, DateTimeOffset at) => new(
        Line("/proc/cpuinfo", "model name").Split(':')[^1].Trim(),
        Environment.ProcessorCount,
        CpuKernels.Best.Name,
        Line("/sys/kernel/mm/transparent_hugepage/enabled", "["),
        loadBefore,
        Load(),
        at);

    private static string Line(string file, string part)
        => File.Exists(file) ? File.ReadLines(file).FirstOrDefault(line => line.Contains(part, StringComparison.Ordinal)) ?? "unknown" : "unknown";
}
