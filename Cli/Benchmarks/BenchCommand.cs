using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Cli.Terminal;

namespace CocoonOrleans.Cli.Benchmarks;

/// <summary><c>cocoon bench engine|attestation|sealing</c>: how fast the engine, the verification of evidence and the sealing are, as ratios within one run.</summary>
internal static class BenchCommand
{
    private const int MostThreads = 256;
    private const int MostPairs = 100;

    public static Command Create() => new("bench", "Measure how fast this machine computes.") { Engine(), Attestation(), Sealing() };

    private static Command Engine()
    {
        var threads = new Option<int>("--threads")
        {
            Description = "Threads of each side. By default 2, or 1 where there is one core.",
            HelpName = "count",
            CustomParser = WholeNumber.Between(1, MostThreads),
        };
        var pairs = Pairs("How often each pair of runs is repeated. By default 6.");
        var command = new Command("engine", "Our kernels against llama.cpp (npm's node-llama-cpp, installed at the first run) and against the memory's speed. Minutes; wants a calm machine.")
        {
            threads, pairs,
        };
        return command.Runs((result, output, cancellationToken) => RunAsync(
            ["engine", .. Argument("--threads", result.GetValue(threads)), .. Argument("--pairs", result.GetValue(pairs))], output, cancellationToken));
    }

    private static Command Attestation()
    {
        var pairs = Pairs("How often each pair of runs is repeated. By default 6.");
        var command = new Command("attestation", "The verification of a recorded quote, in full and with known collateral. Seconds; needs the recordings beside the checkout.") { pairs };
        return command.Runs((result, output, cancellationToken) => RunAsync(["attestation", .. Argument("--pairs", result.GetValue(pairs))], output, cancellationToken));
    }

    private static Command Sealing()
    {
        var pairs = Pairs("How often each measurement is repeated. By default 9.");
        var command = new Command("sealing", "What it costs to seal a request and its answer, in processor time. Seconds.") { pairs };
        return command.Runs((result, output, cancellationToken) => RunAsync(["sealing", .. Argument("--pairs", result.GetValue(pairs))], output, cancellationToken));
    }

    private static Option<int> Pairs(string description) => new("--pairs")
    {
        Description = description,
        HelpName = "count",
        CustomParser = WholeNumber.Between(1, MostPairs),
    };

    private static string[] Argument(string option, int value) => value == 0 ? [] : [option, value.ToString(CultureInfo.InvariantCulture)];

    private static async Task<int> RunAsync(string[] arguments, CommandOutput output, CancellationToken cancellationToken)
    {
        var artifacts = BuiltArtifacts.Find();
        var start = new ProcessStartInfo(DotnetHost.Path) { RedirectStandardOutput = true, WorkingDirectory = artifacts.Root };
        foreach (var argument in (string[])[artifacts.Assembly("Benchmarks"), .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException("No process was started.");
        try
        {
            var json = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            var report = process.ExitCode == 0 ? JsonSerializer.Deserialize(json, CommandJson.Default.BenchReport) : null;
            Show(report ?? throw new CommandFailedException("The benchmark ended without a result.", "What it says of that stands above."), output);
            return ExitCode.Success;
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private static void Show(BenchReport report, CommandOutput output)
    {
        foreach (var ratio in report.Ratios)
        {
            var target = ratio.Target is { } asked ? $"target {asked:0.0#}, {(ratio.Holds == true ? "holds" : "missed")}" : "no target";
            output.Text.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{ratio.Value,6:0.00}  {ratio.Name} ({target})"));
        }

        foreach (var note in report.Notes)
        {
            output.Text.WriteLine($"  {note}");
        }

        output.Result(report, CommandJson.Default.BenchReport);
    }
}
