using System.CommandLine;
using CocoonOrleans.Cli.Accounts;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Terminal;
using Spectre.Console;

namespace CocoonOrleans.Cli.Cluster;

/// <summary><c>cocoon cluster reconcile</c>: for the operator whose ledger came from a backup, from the data folder of its gateway.</summary>
internal static class ReconcileCommand
{
    public static Command Create()
    {
        var data = GatewayOptions.DataOption();
        var apply = new Option<bool>("--apply") { Description = "Book what can be explained; the wallet goes on where nothing else is left. Without it nothing is changed." };
        var accept = new Option<long>("--accept")
        {
            Description = "With --apply: count what can't be explained as your loss, up to the transaction that stops the wallet. Name its logical time.",
            HelpName = "lt",
        };
        return new Command("reconcile", "List what left the operator's wallet and the ledger doesn't know, since it came from a backup, and book it. Exit code 1 while the wallet sends nothing.") { apply, accept, data }.Runs(async (result, output, cancellationToken) =>
        {
            var accepted = result.GetValue(accept);
            if (accepted != 0 && !result.GetValue(apply))
            {
                throw new CommandFailedException("--accept changes the book.", "Add --apply, when you have looked at the payments.");
            }

            using var admin = AdminConnection.Open(result.GetRequiredValue(data));
            var report = await AdminConnection.AskAsync(() => admin.ReconcileAsync(result.GetValue(apply), accepted, cancellationToken));
            Show(report, output);
            output.Result(report, CommandJson.Default.ReconciliationReport);
            return report.State == "running" ? ExitCode.Success : ExitCode.Failed;
        });
    }

    private static void Show(ReconciliationReport report, CommandOutput output)
    {
        output.Console.MarkupLineInterpolated($"wallet {report.Wallet}: {report.State}{(report.StoppedLt == 0 ? "" : FormattableString.Invariant($", by transaction {report.StoppedLt}"))}");
        foreach (var payment in report.Payments)
        {
            output.Console.MarkupLineInterpolated(
                $"  {payment.Kind,-11} {TopUpCommand.Coins(payment.Value)} coins to {payment.Destination}{(payment.AccountId is { } account ? $" ({account})" : "")}, transaction {payment.Lt} {payment.Transaction}");
        }

        output.Text.WriteLine(report switch
        {
            { State: "sending" } => "Signed bytes may run yet. Repeat this in two minutes.",
            { State: "running" } => "The book knows all that the wallet sent.",
            { More: true } => "There is more than this. Repeat the command with --apply.",
            { Applied: false } => "Nothing was changed. With --apply what has a kind is booked; what is unknown keeps the wallet stopped.",
            _ => FormattableString.Invariant($"What is unknown keeps the wallet stopped. Find out whom you paid; to take the loss, repeat this with --apply --accept {report.StoppedLt}."),
        });
    }
}
