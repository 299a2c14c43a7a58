using System.Globalization;
using CocoonOrleans.Cli.Terminal;
using Spectre.Console;

namespace CocoonOrleans.Cli.Demo;

/// <summary>What the demo showed, as a table.</summary>
internal static class DemoSummary
{
    public static void Show(DemoResult result, CommandOutput output)
    {
        var table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumns("", "");
        Row(table, "answer", $"{(result.Correct ? "right" : "wrong")}, {result.PromptTokens} + {result.CompletionTokens} tokens, first text after {result.TtftMs.ToString("0", CultureInfo.InvariantCulture)} ms");
        Row(table, "model", $"{result.Model}, manifest {result.ModelSha256[..16]}...");
        if (result.Encryption is { } encryption)
        {
            Row(table, "encrypted", $"key {encryption.KeyId[..16]}..., of {encryption.Threshold} of {encryption.Brokers} brokers: {encryption.Releases} shares released, to workers of tier {encryption.Tier}");
        }

        Row(table, "engine", result.Engine);
        Row(table, "sealed", $"by the {result.Sealer}, to statement {result.StatementHash[..Math.Min(16, result.StatementHash.Length)]}... of tier {result.Tier}");
        Row(table, "job", result.JobId.ToString());
        Row(table, "charged", $"{result.ChargedNano} nano: {result.BalanceBeforeNano} before, {result.BalanceAfterNano} after");
        if (result.Voucher is { } voucher)
        {
            Row(table, "channel", $"{result.Channel}: voucher {voucher.Serial} of {voucher.CumulativeNano} nano");
            Row(table, "paid out", $"{result.OnChainNano} nano at {result.PayoutAddress}: {result.EarnedNano} earned, less {result.FeeNano} for the way");
            Row(table, "payout", $"transaction {result.PayoutTx} of the development chain, at prices {DemoCommand.SettlingPriceMultiple} times the ordinary ones, so that one answer is worth the way");
        }
        else
        {
            Row(table, "paid out", $"nothing: {result.NotSettled}");
        }

        Row(table, "processes", $"silo {result.Processes.Silo}, gateway {result.Processes.Gateway}, workers {string.Join(" and ", result.Processes.Workers)}");
        foreach (var check in result.Checks)
        {
            table.AddRow(new Markup(check.Passed ? "[green]passed[/]" : "[red]failed[/]"), new Text(check.Passed ? check.Name : $"{check.Name}: {check.Seen}"));
        }

        output.Console.Write(table);
    }

    private static void Row(Table table, string name, string value) => table.AddRow(new Text(name), new Text(value));
}
