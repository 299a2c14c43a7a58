using System.CommandLine;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Ton.Providers;
using Spectre.Console;

namespace CocoonOrleans.Cli.Providers;

/// <summary><c>cocoon worker earnings</c>: what a provider has earned, and what became of it.</summary>
internal static class EarningsCommand
{
    private const int MaxDays = 400;

    public static Command Create()
    {
        var days = new Option<int>("--days") { Description = "How many of your newest days.", DefaultValueFactory = _ => 30, HelpName = $"1..{MaxDays}", CustomParser = WholeNumber.Between(1, MaxDays) };
        var day = new Option<string?>("--day") { Description = "With --save: the day (UTC) whose statement is saved, such as 2026-11-30.", HelpName = "yyyy-MM-dd" };
        var save = new Option<string?>("--save") { Description = "Save that day's statement, signed by the operator: every job, voucher and charge, as comma-separated values. ./cocoon verify statement checks it.", HelpName = "file" };
        var keys = new ProviderKeyOptions();
        var command = new Command("earnings", "What you earned, what is promised by voucher, what the chain has paid, and what is still due, by days.") { days, day, save };
        keys.AddTo(command);
        return command.Runs(async (result, output, cancellationToken) =>
        {
            if (result.GetValue(day) is null != result.GetValue(save) is null)
            {
                throw new CommandFailedException("--day and --save go together.", "For example: ./cocoon worker earnings --day 2026-11-30 --save 2026-11-30.csv");
            }

            var (key, network) = keys.Open(result);
            using var owned = key;
            using var gateway = keys.OpenGateway(result);
            var statement = await ReadAsync(gateway, key, network, result.GetValue(days), cancellationToken);
            Show(statement, output);
            if (result.GetValue(save) is { } file)
            {
                await SaveAsync(gateway, key, network, result.GetValue(day)!, file, cancellationToken);
                output.Console.MarkupLineInterpolated($"saved     {file}");
            }

            output.Result(EarningsResult.Of(statement), CommandJson.Default.EarningsResult);
            return ExitCode.Success;
        });
    }

    /// <summary>Asks the gateway.</summary>
    public static async Task<StatementAnswer> ReadAsync(
        HttpClient gateway, Ton.Signatures.SigningKey key, int network, int days, CancellationToken cancellationToken)
    {
        var request = new ProviderRequest(network, key.PublicKey, (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), ProviderRequestKind.Statement);
        using var answer = await ProviderClient.AskAsync(gateway, key.PublicKey, $"statement?days={days}", request.Sign(key), cancellationToken);
        return ProviderAnswers.Read<StatementAnswer>(answer);
    }

    /// <summary>Saves a statement, where it is what it should be.</summary>
    private static async Task SaveAsync(HttpClient gateway, Ton.Signatures.SigningKey key, int network, string day, string file, CancellationToken cancellationToken)
    {
        var request = new ProviderRequest(network, key.PublicKey, (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), ProviderRequestKind.Statement);
        var text = await ProviderClient.AskForTextAsync(gateway, key.PublicKey, $"statement/{Uri.EscapeDataString(day)}", request.Sign(key), cancellationToken);
        try
        {
            var statement = DayStatement.Parse(text);
            if (statement.Provider != key.PublicKey || statement.Network != network)
            {
                throw new CommandFailedException("The operator's statement is of another provider or network.", "Ask the operator.");
            }

            await File.WriteAllTextAsync(file, text, cancellationToken);
        }
        catch (Ton.TonFormatException malformed)
        {
            throw new CommandFailedException($"The operator's statement is none: {malformed.Message}", "Ask the operator.", innerException: malformed);
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"{file} can't be written: {unwritable.Message}", "Name another file with --save.", innerException: unwritable);
        }
    }

    private static void Show(StatementAnswer statement, CommandOutput output)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("day (UTC)", "jobs", "earned", "promised", "on the chain");
        foreach (var day in statement.Days)
        {
            table.AddRow(day.Day, $"{day.Jobs}", day.Earned.ToCoinString(), day.Promised.ToCoinString(), day.Charged.ToCoinString());
        }

        output.Console.Write(table);
        output.Console.MarkupLineInterpolated($"earned    {statement.Earned.ToCoinString()} coins");
        output.Console.MarkupLineInterpolated($"on chain  {statement.Charged.ToCoinString()} coins, less the fees of the way");
        output.Console.MarkupLineInterpolated($"due       {statement.Due.ToCoinString()} coins, of which a voucher promises {statement.Promised.ToCoinString()}");
        var order = statement.Payout;
        output.Console.MarkupLineInterpolated($"paid at   {order?.Address ?? "nowhere yet: ./cocoon worker payout ADDRESS"}{(order is null ? "" : $" from {order.Threshold.ToCoinString()} coins on")}");
        if (statement.Channel is { } channel)
        {
            output.Console.MarkupLineInterpolated($"channel   {channel.Address} ({channel.Phase}), voucher {channel.Serial}");
        }
    }
}
