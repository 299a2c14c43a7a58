using System.CommandLine;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Terminal;
using Spectre.Console;

namespace CocoonOrleans.Cli.Accounts;

/// <summary><c>cocoon account deposits|assign|refund</c>: deposits that could not be credited by themselves.</summary>
internal static class DepositCommands
{
    public static IEnumerable<Command> Create() => [List(), Assign(), Refund()];

    private static Command List()
    {
        var data = GatewayOptions.DataOption();
        return new Command("deposits", "List deposits that wait for you: whose they are isn't known, or the account can't have them.") { data }.Runs(async (result, output, cancellationToken) =>
        {
            using var admin = AdminConnection.Open(result.GetRequiredValue(data));
            var deposits = await AdminConnection.AskAsync(() => admin.ListDepositsAsync(cancellationToken));
            output.Text.WriteLine(deposits.Count == 0 ? "No deposit waits." : "Settle one: ./cocoon account assign ID ACCOUNT, or ./cocoon account refund ID ADDRESS");
            foreach (var deposit in deposits)
            {
                Show(deposit, output);
            }

            output.Result(new DepositList(deposits), CommandJson.Default.DepositList);
            return ExitCode.Success;
        });
    }

    private static Command Assign()
    {
        var (id, data) = (Id(), GatewayOptions.DataOption());
        var account = new Argument<string>("account") { Description = "Who gets it; treasury for coins of your own." };
        return new Command("assign", "Give a deposit that waits to an account.") { id, account, data }.Runs((result, output, cancellationToken) => SettleAsync(
            result.GetRequiredValue(data), admin => admin.AssignDepositAsync(result.GetRequiredValue(id), result.GetRequiredValue(account), cancellationToken), output));
    }

    private static Command Refund()
    {
        var (id, data) = (Id(), GatewayOptions.DataOption());
        var address = new Argument<string>("address") { Description = "Where the client wants it. Not the sender's address unless the client says so: it may be an exchange's." };
        return new Command("refund", "Send a deposit that waits back, whole, to an address that the client gave.") { id, address, data }.Runs((result, output, cancellationToken) => SettleAsync(
            result.GetRequiredValue(data), admin => admin.RefundDepositAsync(result.GetRequiredValue(id), result.GetRequiredValue(address), cancellationToken), output));
    }

    private static Argument<long> Id() => new("id") { Description = "The deposit's number." };

    private static async Task<int> SettleAsync(string folder, Func<AdminClient, Task<DepositState>> settle, CommandOutput output)
    {
        using var admin = AdminConnection.Open(folder);
        var deposit = await AdminConnection.AskAsync(() => settle(admin));
        Show(deposit, output);
        output.Result(deposit, CommandJson.Default.DepositState);
        return ExitCode.Success;
    }

    private static void Show(DepositState deposit, CommandOutput output) => output.Console.MarkupLineInterpolated(
        $"{deposit.Id}  {TopUpCommand.Coins(deposit.Amount)} coins  {deposit.State}{(deposit.Reason is { } why ? $" ({why})" : "")}  account {deposit.AccountId ?? "?"}  from {deposit.Source}  \"{Harmless(deposit.Comment)}\"");

    /// <summary>A stranger wrote it: a terminal would obey what it has besides text.</summary>
    private static string Harmless(string? comment) => string.Concat((comment ?? "").Where(character => !char.IsControl(character)));
}
