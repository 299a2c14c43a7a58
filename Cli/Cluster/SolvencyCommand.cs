using System.CommandLine;
using CocoonOrleans.Cli.Accounts;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Terminal;
using Spectre.Console;

namespace CocoonOrleans.Cli.Cluster;

/// <summary><c>cocoon cluster solvency</c>: for the operator, from the data folder of its gateway.</summary>
internal static class SolvencyCommand
{
    public static Command Create()
    {
        var data = GatewayOptions.DataOption();
        return new Command("solvency", "Lay the ledger's sums beside what the chain says, and list every difference. Exit code 1 where coins are missing or something differs.") { data }.Runs(async (result, output, cancellationToken) =>
        {
            using var admin = AdminConnection.Open(result.GetRequiredValue(data));
            var report = await AdminConnection.AskAsync(() => admin.CheckSolvencyAsync(cancellationToken));
            output.Console.MarkupLineInterpolated($"block {report.Seqno}: {Coins(report.Assets)} coins on the chain, {Coins(report.Liabilities)} owed: {(report.Solvent ? "covered" : "NOT COVERED")}");
            foreach (var sum in report.Classes)
            {
                output.Console.MarkupLineInterpolated($"  {sum.Class,-12} {Coins(sum.Balance)}");
            }

            foreach (var address in report.Addresses)
            {
                var word = address.Differs ? "DIFFERS" : address.Moving ? "moving: the book hasn't seen the newest transaction" : "the same";
                output.Console.MarkupLineInterpolated($"  {address.Kind,-16} {address.AddressText}  book {Coins(address.Booked)}, chain {Coins(address.OnChain)}: {word}");
            }

            output.Result(report, CommandJson.Default.SolvencyReport);
            return report.Solvent && !report.Addresses.Any(address => address.Differs) ? ExitCode.Success : ExitCode.Failed;
        });
    }

    private static string Coins(string nano) => TopUpCommand.Coins(nano);
}
