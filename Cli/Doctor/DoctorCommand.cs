using System.CommandLine;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Inference.Cuda;
using Spectre.Console;

namespace CocoonOrleans.Cli.Doctor;

/// <summary><c>cocoon doctor</c>: what is missing on this machine, and how to mend it.</summary>
internal static class DoctorCommand
{
    public static Command Create() =>
        new Command("doctor", "Say what is missing on this machine, and how to mend it.").Runs((_, output, cancellationToken) => RunAsync(output, cancellationToken));

    private static async Task<int> RunAsync(CommandOutput output, CancellationToken cancellationToken)
    {
        var artifacts = BuiltArtifacts.Find();
        var machine = new MachineChecks(artifacts, TimeProvider.System);
        Finding[] findings =
        [
            MachineChecks.System(),
            await machine.SdkAsync(cancellationToken),
            MachineChecks.Processor(),
            MachineChecks.Memory(),
            MachineChecks.Disk(DataFolder.Default),
            MachineChecks.OpenFiles(),
            MachineChecks.HugePages(),
            machine.Clock(),
            MachineChecks.Port(UpCommand.DefaultPort),
            EngineChecks.Torch(),
            EngineChecks.Gpu(CudaPresence.Probe()),
            EngineChecks.HouseModel(artifacts),
            await machine.NodeAsync(cancellationToken),
        ];
        foreach (var finding in findings)
        {
            var mark = finding.Status switch
            {
                FindingStatus.Ok => "[green]ok     [/]",
                FindingStatus.Warning => "[yellow]warning[/]",
                _ => "[red]failed [/]",
            };
            output.Console.MarkupLine($"{mark} {Markup.Escape($"{finding.Name,-12} {finding.Detail}")}");
            if (finding.Fix.Length > 0)
            {
                output.Console.MarkupLineInterpolated($"        -> {finding.Fix}");
            }
        }

        var ok = findings.All(finding => finding.Status != FindingStatus.Failed);
        output.Result(new DoctorReport(ok, findings), CommandJson.Default.DoctorReport);
        return ok ? ExitCode.Success : ExitCode.Failed;
    }
}
