using System.CommandLine;
using CocoonOrleans.Cli.Accounts;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Terminal;
using Spectre.Console;

namespace CocoonOrleans.Cli.Cluster;

/// <summary><c>cocoon cluster workers|revoke|restore|revocations|solvency|reconcile|certificates</c>: the operator's commands, for the network of a data folder.</summary>
internal static class ClusterCommand
{
    private static readonly string[] Kinds = ["worker", "platform", "image", "measurement"];

    public static Command Create() => new("cluster", "Look after a network, as its operator: who serves in it, and whether its coins cover its debts.")
    {
        Workers(), Revoke(), Restore(), Revocations(), SolvencyCommand.Create(), ReconcileCommand.Create(), CertificatesCommand.Create(),
    };

    private static Command Workers()
    {
        var data = GatewayOptions.DataOption();
        return new Command("workers", "Show the workers that are connected, with what was verified of them.") { data }.Runs(async (result, output, cancellationToken) =>
        {
            using var admin = AdminConnection.Open(result.GetRequiredValue(data));
            var workers = await AdminConnection.AskAsync(() => admin.WorkersAsync(cancellationToken));
            foreach (var worker in workers)
            {
                output.Console.MarkupLineInterpolated($"worker       {worker.WorkerId} ({worker.Name}), tier {worker.Tier ?? "unknown"}{(worker.TakesJobs ? "" : ", gets no jobs")}");
                if (worker.PlatformId is not null)
                {
                    output.Console.MarkupLineInterpolated($"  assurance  {worker.Assurance}, until {worker.EvidenceValidUntil:u}");
                    output.Console.MarkupLineInterpolated($"  platform   {worker.PlatformId}");
                    output.Console.MarkupLineInterpolated($"  image      {worker.ImageId ?? "not compared with any"}");
                    output.Console.MarkupLineInterpolated($"  MRTD       {worker.Measurement}");
                }

                if (worker.RelaunchBy is { } by)
                {
                    output.Console.MarkupLineInterpolated($"  relaunch   its TD must be started again by {by:u}: then it gets no jobs");
                }
            }

            output.Result(new ClusterReport(workers), CommandJson.Default.ClusterReport);
            return ExitCode.Success;
        });
    }

    private static Command Revoke()
    {
        var data = GatewayOptions.DataOption();
        var reason = new Option<string>("--reason") { Description = "Why, for people; the worker is told.", Required = true };
        var what = Options();
        var command = new Command("revoke", "Let nobody serve that is, runs on, or runs this: at once, at every gateway, until it is restored.") { reason, data };
        AddTo(command, what);
        return command.Runs(async (result, output, cancellationToken) =>
        {
            var (kind, value) = Chosen(result, what);
            using var admin = AdminConnection.Open(result.GetRequiredValue(data));
            var revoked = await AdminConnection.AskAsync(() => admin.RevokeAsync(kind, value, result.GetRequiredValue(reason), cancellationToken));
            Show(revoked, output);
            output.Result(revoked, CommandJson.Default.RevocationState);
            return ExitCode.Success;
        });
    }

    private static Command Restore()
    {
        var data = GatewayOptions.DataOption();
        var what = Options();
        var command = new Command("restore", "Take a revocation back; the worker is taken when it dials next.") { data };
        AddTo(command, what);
        return command.Runs(async (result, output, cancellationToken) =>
        {
            var (kind, value) = Chosen(result, what);
            using var admin = AdminConnection.Open(result.GetRequiredValue(data));
            return await ListAsync(admin, output, () => admin.RestoreAsync(kind, value, cancellationToken), cancellationToken);
        });
    }

    private static Command Revocations()
    {
        var data = GatewayOptions.DataOption();
        return new Command("revocations", "Show what is revoked.") { data }.Runs(async (result, output, cancellationToken) =>
        {
            using var admin = AdminConnection.Open(result.GetRequiredValue(data));
            return await ListAsync(admin, output, () => Task.CompletedTask, cancellationToken);
        });
    }

    private static async Task<int> ListAsync(AdminClient admin, CommandOutput output, Func<Task> before, CancellationToken cancellationToken)
    {
        var revocations = await AdminConnection.AskAsync(async () =>
        {
            await before();
            return await admin.RevocationsAsync(cancellationToken);
        });
        foreach (var revocation in revocations)
        {
            Show(revocation, output);
        }

        if (revocations.Count == 0)
        {
            output.Text.WriteLine("Nothing is revoked.");
        }

        output.Result(new RevocationReport(revocations), CommandJson.Default.RevocationReport);
        return ExitCode.Success;
    }

    private static Option<string?>[] Options() =>
    [
        .. Kinds.Select(kind => new Option<string?>($"--{kind}")
        {
            Description = kind switch
            {
                "worker" => "A worker, by its key: 64 hex digits.",
                "platform" => "Every worker on a machine, by its platform id: 64 hex digits.",
                "image" => "Every worker that runs an image, by its id: 64 hex digits.",
                _ => "Every worker that started with this MRTD: 96 hex digits.",
            },
            HelpName = "hex",
        }),
    ];

    private static void AddTo(Command command, Option<string?>[] what)
    {
        foreach (var option in what)
        {
            command.Add(option);
        }
    }

    /// <exception cref="CommandFailedException">Not exactly one was named.</exception>
    private static (string Kind, string Value) Chosen(ParseResult result, Option<string?>[] what) =>
        Kinds.Zip(what.Select(result.GetValue)).Where(pair => pair.Second is not null).ToArray() is [var (kind, value)]
            ? (kind, value!.ToLowerInvariant())
            : throw new CommandFailedException("Exactly one thing is revoked or restored at a time.", "Name one: --worker, --platform, --image or --measurement. ./cocoon cluster workers shows them.");

    private static void Show(RevocationState revocation, CommandOutput output) =>
        output.Console.MarkupLineInterpolated($"revoked  {revocation.Kind} {revocation.Value} since {revocation.Since:u}: {revocation.Reason}");
}
