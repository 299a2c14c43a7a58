using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Cli.Settlement;

namespace CocoonOrleans.Cli.Doctor;

/// <summary>What the machine itself must offer: processor, memory, disk, port, clock, and the tools around.</summary>
/// <param name="artifacts">The checkout.</param>
/// <param name="clock">The clock that is judged.</param>
internal sealed class MachineChecks(BuiltArtifacts artifacts, TimeProvider clock)
{
    private const double NeededMemoryGiB = 2;
    private const double NeededDiskGiB = 2;
    private const int NeededFiles = 4096;

    public static Finding System()
    {
        var detail = $"{RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.OSArchitecture}";
        return OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == Architecture.X64
            ? new Finding("system", FindingStatus.Ok, detail)
            : new Finding("system", FindingStatus.Failed, detail, "Only Linux on x64 was ever tested: use such a machine or a container on it.");
    }

    public async Task<Finding> SdkAsync(CancellationToken cancellationToken)
    {
        var version = await ToolOutput.ReadAsync(DotnetHost.Path, ["--version"], artifacts.Root, cancellationToken);
        return version is null
            ? new Finding("sdk", FindingStatus.Failed, $"{DotnetHost.Path} has no SDK that global.json accepts.", "Run ./cocoon: it says how to install one.")
            : new Finding("sdk", FindingStatus.Ok, $".NET SDK {version} at {DotnetHost.Path}");
    }

    public static Finding Processor()
    {
        var vectors = Avx512F.IsSupported ? "AVX-512" : Avx2.IsSupported ? "AVX2" : "neither AVX2 nor AVX-512";
        var detail = $"{Environment.ProcessorCount} cores, {vectors}";
        return Environment.ProcessorCount < 2 || !Avx2.IsSupported
            ? new Finding("processor", FindingStatus.Warning, detail, "It works, slowly: two cores with AVX2 or more are advised.")
            : new Finding("processor", FindingStatus.Ok, detail);
    }

    public static Finding Memory()
    {
        var available = AvailableMemoryGiB();
        var detail = string.Create(CultureInfo.InvariantCulture, $"{available:0.0} GiB available");
        return available < NeededMemoryGiB
            ? new Finding("memory", FindingStatus.Failed, detail, $"Free some: the network on one machine needs about {NeededMemoryGiB} GiB.")
            : new Finding("memory", FindingStatus.Ok, detail);
    }

    public static Finding Disk(string dataFolder)
    {
        var existing = new DirectoryInfo(dataFolder);
        while (!existing.Exists && existing.Parent is { } parent)
        {
            existing = parent;
        }

        var free = new DriveInfo(existing.FullName).AvailableFreeSpace / (double)(1L << 30);
        var detail = string.Create(CultureInfo.InvariantCulture, $"{free:0.0} GiB free for {dataFolder}");
        return free < NeededDiskGiB
            ? new Finding("disk", FindingStatus.Failed, detail, "Free some, or choose another folder with --data.")
            : new Finding("disk", FindingStatus.Ok, detail);
    }

    public static Finding Port(int port) => FreePorts.Check(port) is { } reason
        ? new Finding("port", FindingStatus.Warning, $"{port}: {reason}", "A network may be up already; else choose another: ./cocoon up --port 8090")
        : new Finding("port", FindingStatus.Ok, $"{port} is free");

    public Finding Clock()
    {
        var built = File.GetLastWriteTimeUtc(typeof(MachineChecks).Assembly.Location);
        var now = clock.GetUtcNow().UtcDateTime;
        var detail = string.Create(CultureInfo.InvariantCulture, $"{now:yyyy-MM-dd HH:mm:ss} UTC");
        return now < built.AddMinutes(-1)
            ? new Finding("clock", FindingStatus.Failed, $"{detail}, which is before this program was built", "Set it: sudo timedatectl set-ntp true")
            : new Finding("clock", FindingStatus.Ok, detail);
    }

    public static Finding OpenFiles()
    {
        const string Limits = "/proc/self/limits";
        var line = File.Exists(Limits) ? File.ReadLines(Limits).FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal)) : null;
        var hard = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [.., var last, _] ? last : "unknown";
        return long.TryParse(hard, CultureInfo.InvariantCulture, out var limit) && limit < NeededFiles
            ? new Finding("open files", FindingStatus.Warning, $"at most {limit}", $"Each open stream takes some: ulimit -n {NeededFiles}")
            : new Finding("open files", FindingStatus.Ok, $"at most {hard}");
    }

    public static Finding HugePages()
    {
        const string Setting = "/sys/kernel/mm/transparent_hugepage/enabled";
        var setting = File.Exists(Setting) ? File.ReadAllText(Setting).Trim() : "unknown";
        return setting.Contains("[never]", StringComparison.Ordinal)
            ? new Finding("huge pages", FindingStatus.Warning, setting, $"Weights are read faster with them: echo madvise | sudo tee {Setting}")
            : new Finding("huge pages", FindingStatus.Ok, setting);
    }

    public async Task<Finding> NodeAsync(CancellationToken cancellationToken)
    {
        return await ContractsFolder.FindObstacleAsync(artifacts, cancellationToken) is { } obstacle
            ? new Finding("node", FindingStatus.Warning, "the development chain can't run, nor tests with JavaScript", char.ToUpperInvariant(obstacle[0]) + obstacle[1..] + ".")
            : new Finding("node", FindingStatus.Ok, "the development chain can run");
    }

    private static double AvailableMemoryGiB()
    {
        const string Info = "/proc/meminfo";
        var line = File.Exists(Info) ? File.ReadLines(Info).FirstOrDefault(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal)) : null;
        return line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var kibibytes, _]
            ? long.Parse(kibibytes, CultureInfo.InvariantCulture) / (1024.0 * 1024.0)
            : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30);
    }
}
