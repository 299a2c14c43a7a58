using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Cli.Terminal;

namespace CocoonOrleans.Cli.Benchmarks;

/// <summary><c>cocoon bench engine|attestation</c>: how fast the engine and the verification of evidence are, as ratios within one run.</summary>
internal static class BenchCommand
{
    private const int MostThreads = 256;
    private const int MostPairs = 100;

    public static Command Create() => new("bench", "Measure how fast this machine computes.") { Engine(), Attestation() };

    private static Command Attestation()
    {
        var pairs = Pairs();
        var command = new Command("attestation", "The verification of a recorded quote, in full and with known collateral. Seconds; needs the recordings beside the checkout.") { pairs };
        return command.Runs((result, output, cancellationToken) => RunAsync("attestation", 0, result.GetValue(pairs), output, cancellationToken));
    }

    private static Option<int> Pairs() => new("--pairs")
    {
        Description = "How often each pair of runs is repeated. By default 6.",
        HelpName = "count",
        CustomParser = WholeNumber.Between(1, MostPairs),
    };

    private static Command Engine()
    {
        var threads = new Option<int>("--threads")
        {
            Description = "Threads of each side. By default 2, or 1 where there is one core.",
            HelpName = "count",
            CustomParser = WholeNumber.Between(1, MostThreads),
        };
        var pairs = Pairs();
        var command = new Command("engine", "Our kernels against llama.cpp (npm's node-llama-cpp, installed at the first run) and against the memory's speed. Minutes; wants a calm machine.")
        {
            threads, pairs,
        };
        return command.Runs((result, output, cancellationToken) => RunAsync("engine", result.GetValue(threads), result.GetValue(pairs), output, cancellationToken));
    }

    private static async Task<int> RunAsync(string subject, int threads, int pairs, CommandOutput output, CancellationToken cancellationToken)
    {
        var artifacts = BuiltArtifacts.Find();
        var start = new ProcessStartInfo(DotnetHost.Path) { RedirectStandardOutput = true, WorkingDirectory = artifacts.Root };
        string[] arguments =
        [
            artifacts.Assembly("Benchmarks"), subject,
            .. threads == 0 ? (string[])[] : ["--threads", threads.ToString(CultureInfo.InvariantCulture)],
            .. pairs == 0 ? (string[])[] : ["--pairs", pairs.ToString(CultureInfo.InvariantCulture)],
        ];
        foreach (var argument in arguments)
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
