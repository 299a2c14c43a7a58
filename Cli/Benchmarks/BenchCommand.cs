using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CocoonOrleans.Cli.Benchmarks.Faults;
using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Cli.Terminal;

namespace CocoonOrleans.Cli.Benchmarks;

/// <summary><c>cocoon bench</c>: how fast the engine, the verification of evidence, the sealing, the settlement and the cluster are, as ratios within one run.</summary>
internal static class BenchCommand
{
    private const int MostThreads = 256;
    private const int MostPairs = 100;
    private const int MostDevices = 64;

    public static Command Create() => new("bench", "Measure how fast this machine computes.") { Engine(), Gpu(), Attestation(), Sealing(), Settlement(), Tunnel(), Cluster(), Market() };

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
        return command.Runs(async (result, output, cancellationToken) =>
        {
            string[] arguments = ["engine", .. Given("--threads", result.GetValue(threads)), .. Given("--pairs", result.GetValue(pairs))];
            Show(await RunAsync(arguments, CommandJson.Default.BenchReport, cancellationToken), output);
            return ExitCode.Success;
        });
    }

    private static Command Attestation()
    {
        var pairs = Pairs("How often each pair of runs is repeated. By default 6.");
        var command = new Command("attestation", "The verification of a recorded quote, in full and with known collateral, and of 1,000 workers' new quotes at once. Seconds; needs the recordings beside the checkout.") { pairs };
        return command.Runs((result, output, cancellationToken) => CompareAsync("attestation", result.GetValue(pairs), output, cancellationToken));
    }

    private static Command Sealing()
    {
        var pairs = Pairs("How often each measurement is repeated. By default 9.");
        var command = new Command("sealing", "What it costs to seal a request and its answer, in processor time. Seconds.") { pairs };
        return command.Runs((result, output, cancellationToken) => CompareAsync("sealing", result.GetValue(pairs), output, cancellationToken));
    }

    private static Command Settlement()
    {
        var pairs = Pairs("How often each pair of runs is repeated. By default 6.");
        var command = new Command("settlement", "Cells, vouchers and the chain's answers in the books, and what the chain takes of the money that moves. A minute; needs Node.js and npm ci in contracts/.") { pairs };
        return command.Runs((result, output, cancellationToken) => CompareAsync("settlement", result.GetValue(pairs), output, cancellationToken));
    }

    private static Command Tunnel()
    {
        var pairs = Pairs("How often each measurement is repeated. By default 6.");
        var command = new Command("tunnel", "A worker's tunnel on loopback: its handshake with both sides attested, and a request on it. Seconds.") { pairs };
        return command.Runs((result, output, cancellationToken) => CompareAsync("tunnel", result.GetValue(pairs), output, cancellationToken));
    }

    private static Command Market()
    {
        var pairs = Pairs("How many seeds are simulated. By default 4.");
        var plots = new Option<string?>("--plots") { Description = "A folder for the plots, as SVG.", HelpName = "folder" };
        var command = new Command("market", "What the market's rule does to prices, against COCOON's and others on the same demand; how long a clearing takes. A minute or two.") { pairs, plots };
        return command.Runs(async (result, output, cancellationToken) =>
        {
            string[] arguments = ["market", .. Given("--pairs", result.GetValue(pairs)), .. result.GetValue(plots) is { } folder ? (string[])["--plots", Path.GetFullPath(folder)] : []];
            Show(await RunAsync(arguments, CommandJson.Default.BenchReport, cancellationToken), output);
            return ExitCode.Success;
        });
    }

    private static Command Cluster()
    {
        var pairs = Pairs("How often each measurement of the ledger is repeated. By default 6.");
        var faults = new Option<int>("--faults")
        {
            Description = "How often a silo is killed and one made to stand still; 0 leaves that out. By default 3.",
            DefaultValueFactory = _ => 3,
            HelpName = "count",
            CustomParser = WholeNumber.Between(0, MostPairs),
        };
        var command = new Command("cluster", "The ledger on PostgreSQL beside the server's bare commits, and three silos under load of which one is killed and one stands still. Minutes; PostgreSQL must be installed, and a server of its own is started for it.")
        {
            pairs, faults,
        };
        return command.Runs(async (result, output, cancellationToken) =>
        {
            await using var database = await BenchDatabase.StartAsync(cancellationToken);
            string[] arguments = ["ledger", .. Given("--pairs", result.GetValue(pairs))];
            var report = await RunAsync(arguments, CommandJson.Default.BenchReport, cancellationToken, (BenchDatabase.Variable, database.ConnectionString));
            if (result.GetValue(faults) is > 0 and var rounds)
            {
                var (ratios, notes) = await new FaultBenchmark(database, rounds, output).RunAsync(cancellationToken);
                report = report with { Ratios = [.. report.Ratios, .. ratios], Notes = [.. report.Notes, .. notes] };
            }

            Show(report, output);
            return ExitCode.Success;
        });
    }

    private static async Task<int> CompareAsync(string subject, int pairs, CommandOutput output, CancellationToken cancellationToken)
    {
        Show(await RunAsync([subject, .. Given("--pairs", pairs)], CommandJson.Default.BenchReport, cancellationToken), output);
        return ExitCode.Success;
    }

    private static Option<int> Pairs(string description) => new("--pairs")
    {
        Description = description,
        HelpName = "count",
        CustomParser = WholeNumber.Between(1, MostPairs),
    };

    private static Command Gpu()
    {
        var model = new Option<string?>("--model") { Description = "The model's folder. By default one of 125 million random weights.", HelpName = "folder" };
        var device = new Option<int>("--device") { Description = "Which GPU. By default the first, 0.", HelpName = "number", CustomParser = WholeNumber.Between(0, MostDevices - 1) };
        var quantization = new Option<string>("--quantization") { Description = "none, bfloat16 (by default), int8 or int4.", DefaultValueFactory = _ => "bfloat16" };
        quantization.AcceptOnlyFromAmong("none", "bfloat16", "int8", "int4");
        var eager = new Option<bool>("--eager") { Description = "Compare with libtorch on the same GPU too; wants a build with a libtorch for CUDA." };
        var command = new Command("gpu", "Our CUDA kernels: their logits against other decoders', their speed against the memory's. Wants an NVIDIA GPU.") { model, device, quantization, eager };
        return command.Runs(async (result, output, cancellationToken) =>
        {
            string[] arguments =
            [
                "gpu", "--quantization", result.GetValue(quantization)!, .. Given("--device", result.GetValue(device)),
                .. result.GetValue(model) is { } folder ? (string[])["--model", Path.GetFullPath(folder)] : [],
                .. result.GetValue(eager) ? (string[])["--eager"] : [],
            ];
            Show(await RunAsync(arguments, CommandJson.Default.GpuBenchReport, cancellationToken), output);
            return ExitCode.Success;
        });
    }

    private static string[] Given(string option, int value) => value == 0 ? [] : [option, value.ToString(CultureInfo.InvariantCulture)];

    private static async Task<T> RunAsync<T>(string[] arguments, JsonTypeInfo<T> type, CancellationToken cancellationToken, params (string Name, string Value)[] variables)
        where T : class
    {
        var artifacts = BuiltArtifacts.Find();
        var start = new ProcessStartInfo(DotnetHost.Path) { RedirectStandardOutput = true, WorkingDirectory = artifacts.Root };
        foreach (var argument in (string[])[artifacts.Assembly("Benchmarks"), .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException("No process was started.");
        try
        {
            var json = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode == 0 ? JsonSerializer.Deserialize(json, type) : null)
                ?? throw new CommandFailedException("The benchmark ended without a result.", "What it says of that stands above.");
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

        foreach (var part in report.Profile)
        {
            var rate = (part.GigabytesPerSecond, part.GigaoperationsPerSecond) switch
            {
                ({ } read, _) => string.Create(CultureInfo.InvariantCulture, $" at {read:0.0} GB/s"),
                (_, { } computed) => string.Create(CultureInfo.InvariantCulture, $" at {computed:0} billion operations a second"),
                _ => "",
            };
            output.Text.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{part.Milliseconds,8:0.000} ms  {100 * part.Share,3:0} %  {part.Name}{rate}"));
        }

        foreach (var note in report.Notes)
        {
            output.Text.WriteLine($"  {note}");
        }

        output.Result(report, CommandJson.Default.BenchReport);
    }

    private static void Show(GpuBenchReport report, CommandOutput output)
    {
        output.Text.WriteLine(report.Gpu);
        output.Text.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.BandwidthGigabytes,8:0}  GB/s read by our kernel"));
        foreach (var rate in report.Rates)
        {
            var share = rate.ShareOfLimit is { } part ? string.Create(CultureInfo.InvariantCulture, $", {100 * part:0} % of what that bandwidth allows") : "";
            output.Text.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rate.TokensPerSecond,8:0}  tokens/s, {rate.Name} ({rate.MillisecondsPerStep:0.000} ms a step{share})"));
        }

        foreach (var agreement in report.Agreements)
        {
            output.Text.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"logits against {agreement.Reference}: at most {agreement.LargestLogitDifference:E1} apart, KL {agreement.Divergence:E1} nats, same best token at {100 * agreement.SameBest:0.0} % of {agreement.Positions} positions"));
        }

        output.Text.WriteLine($"the same bits alone and beside others: {(report.SameBitsTogether ? "yes" : "NO")}; with and without graphs: {(report.SameBitsByGraph ? "yes" : "NO")}");
        foreach (var note in report.Notes)
        {
            output.Text.WriteLine($"  {note}");
        }

        output.Result(report, CommandJson.Default.GpuBenchReport);
    }
}
