using System.CommandLine;
using CocoonOrleans.Cli.Processes;

namespace CocoonOrleans.Cli.Terminal;

/// <summary>What all commands have in common: <c>--json</c>, the exit codes, and a failure that says what to do.</summary>
internal static class CommandRunning
{
    private static readonly Option<bool> Json = new("--json") { Description = "Exactly one JSON object on the last line of stdout; text for people goes to stderr." };

    /// <summary>Adds <c>--json</c> to the command and runs it.</summary>
    /// <param name="command">The command.</param>
    /// <param name="run">Its body.</param>
    public static Command Runs(this Command command, Func<ParseResult, CommandOutput, CancellationToken, Task<int>> run)
    {
        command.Add(Json);
        command.SetAction(async (result, _) =>
        {
            var output = new CommandOutput(result.GetValue(Json));
            using var interruption = new Interruption();
            try
            {
                return await run(result, output, interruption.Token);
            }
            catch (CommandFailedException failure)
            {
                output.Failure(failure);
                return ExitCode.Failed;
            }
            catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
            {
                output.Failure(new CommandFailedException("Stopped.", ""));
                return ExitCode.Failed;
            }
        });
        return command;
    }
}
