using System.CommandLine;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Market;
using Spectre.Console;

namespace CocoonOrleans.Cli.Accounts;

/// <summary><c>cocoon account create|show</c>, for the network of a data folder.</summary>
internal static class AccountCommand
{
    public static Command Create() => new("account", "Make and show accounts of the network that ./cocoon up started.") { CreateAccount(), ShowAccount() };

    private static Command CreateAccount()
    {
        var label = new Argument<string>("label") { Description = "What you call it." };
        var data = GatewayOptions.DataOption();
        return new Command("create", "Make an account with an API key, which is shown this once.") { label, data }.Runs(async (result, output, cancellationToken) =>
        {
            using var admin = AdminConnection.Open(result.GetRequiredValue(data));
            var account = await AdminConnection.AskAsync(() => admin.CreateAccountAsync(result.GetRequiredValue(label), cancellationToken));
            Show(account.Account, output);
            if (account.Account.Balance > Nano.Zero)
            {
                output.Text.WriteLine("grant    the balance is a development grant: play money from this network's treasury");
            }

            output.Text.WriteLine($"key      {account.ApiKey}");
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
