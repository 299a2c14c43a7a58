using System.CommandLine;
using System.Text;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Providers;
using Spectre.Console;

namespace CocoonOrleans.Cli.Verification;

/// <summary><c>cocoon verify statement</c>: judges a provider's statement that <c>cocoon worker earnings --day</c> saved, offline.</summary>
internal static class VerifyStatementCommand
{
    public static Command Create()
    {
        var file = new Argument<FileInfo>("file") { Description = "The statement, as ./cocoon worker earnings --day DAY --save FILE saved it." };
        var provider = new Option<string?>("--provider") { Description = "The provider that it must be of, 64 hexadecimal digits." };
        var signer = new Option<string?>("--operator") { Description = "The operator's voucher key that must have signed it, 64 hexadecimal digits: without it only the lines are judged, by the key that they name." };
        file.AcceptExistingOnly();
        var command = new Command("statement", "Verify a provider's signed statement: its sums, and the operator's signature. Exit code 0: accepted; 1: refused.") { file, provider, signer };
        return command.Runs((result, output, _) => Task.FromResult(Verify(
            StoredFile.Read(result.GetRequiredValue(file), DayStatement.MaxBytes), result.GetValue(provider), result.GetValue(signer), output)));
    }

    private static int Verify(byte[] file, string? provider, string? signer, CommandOutput output)
    {
        DayStatement? statement = null;
        string? reason;
        try
        {
            statement = DayStatement.Parse(Encoding.UTF8.GetString(file));
            reason = provider is not null && ProviderId.Of(statement.Provider) != provider ? $"it is of provider {statement.Provider}"
                : signer is not null && statement.Operator.ToString() != signer ? $"it is signed with key {statement.Operator}"
                : null;
        }
        catch (TonFormatException malformed)
        {
            reason = malformed.Message;
        }

        output.Console.MarkupLineInterpolated($"{(reason is null ? "accepted" : $"refused: {reason}")}");
        if (statement is not null)
        {
            output.Console.MarkupLineInterpolated($"{statement.Day:yyyy-MM-dd}: {statement.Jobs.Count} jobs, {statement.Earned.ToCoinString()} coins earned, {statement.Charged.ToCoinString()} on the chain, {statement.Due.ToCoinString()} due at {statement.At:u}, by operator {statement.Operator}");
        }

        output.Result(StatementReport.Of(statement, reason), CommandJson.Default.StatementReport);
        return reason is null ? ExitCode.Success : ExitCode.Failed;
    }
}
