using System.CommandLine;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Market;
using Spectre.Console;

namespace CocoonOrleans.Cli.Accounts;

/// <summary><c>cocoon account create|show|topup|deposits|assign|refund</c>, for the network of a data folder.</summary>
internal static class AccountCommand
{
    public static Command Create()
    {
        var account = new Command("account", "Make and show accounts of the network that ./cocoon up started, and pay in for them.") { CreateAccount(), ShowAccount(), TopUpCommand.Create() };
        foreach (var command in DepositCommands.Create())
        {
            account.Add(command);
        }

        return account;
    }

    private static Command CreateAccount()
    {
        var label = new Argument<string>("label") { Description = "What you call it." };
        var trust = new Option<string?>("--lowest-trust") { Description = "The lowest trust tier that may serve the key's requests; by default what the gateway's environment begins with.", HelpName = "tier" };
        var lower = new Option<bool>("--may-lower-trust") { Description = "Let a request ask for less." };
        var data = GatewayOptions.DataOption();
        trust.AcceptOnlyFromAmong("confidential", "tdx", "open", "none");
        return new Command("create", "Make an account with an API key, which is shown this once.") { label, trust, lower, data }.Runs(async (result, output, cancellationToken) =>
        {
            using var admin = AdminConnection.Open(result.GetRequiredValue(data));
            var account = await AdminConnection.AskAsync(() => admin.CreateAccountAsync(
                result.GetRequiredValue(label), cancellationToken, lowestTrust: result.GetValue(trust), mayLowerTrust: result.GetValue(lower)));
            Show(account.Account, output);
            if (account.Account.Balance > Nano.Zero)
            {
                output.Text.WriteLine("grant    the balance is a development grant: play money from this network's treasury");
            }

            output.Text.WriteLine($"key      {account.ApiKey}");
            output.Text.WriteLine(account.LowestTrust is { } lowest
                ? $"trust    workers of tier {lowest} or higher alone{(account.MayLowerTrust ? ", unless a request asks for less" : "")}"
                : "trust    any worker, unless a request asks for more");
            output.Result(AccountResult.Of(account.Account, account.ApiKey), CommandJson.Default.AccountResult);
            return ExitCode.Success;
        });
    }

    private static Command ShowAccount()
    {
        var id = new Argument<string>("id") { Description = "The account; by default the development account.", DefaultValueFactory = _ => DevelopmentAccount.Id };
        var data = GatewayOptions.DataOption();
        return new Command("show", "Show what an account has.") { id, data }.Runs(async (result, output, cancellationToken) =>
        {
            var name = result.GetRequiredValue(id);
            using var admin = AdminConnection.Open(result.GetRequiredValue(data));
            var account = await AdminConnection.AskAsync(() => admin.FindAccountAsync(name, cancellationToken))
                ?? throw new CommandFailedException($"There is no account {name}.", "Make one: ./cocoon account create LABEL");
            Show(account, output);
            output.Result(AccountResult.Of(account, null), CommandJson.Default.AccountResult);
            return ExitCode.Success;
        });
    }

    private static void Show(AccountState account, CommandOutput output)
    {
        output.Console.MarkupLineInterpolated($"account  {account.AccountId} ({account.Label}){(account.Closed ? ", closed" : "")}");
        output.Console.MarkupLineInterpolated($"balance  {account.Balance.ToCoinString()} coins ({account.Balance} nano), of which {account.Held} nano held");
    }
}
