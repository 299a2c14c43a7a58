using System.CommandLine;
using CocoonOrleans.Cli.Processes;

namespace CocoonOrleans.Cli.Terminal;

/// <summary>What all commands have in common: <c>--json</c>, the exit codes, and a failure that says what to do.</summary>
internal static class CommandRunning
{
    /// <summary>The option <c>--json</c>, for the root: all commands take it.</summary>
    public static Option<bool> Json { get; } = new("--json")
    {
        Description = "Exactly one JSON object, on the last line of stdout; text for people goes to stderr.",
        Recursive = true,
    };

    /// <summary>Runs the command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="run">Its body.</param>
    public static Command Runs(this Command command, Func<ParseResult, CommandOutput, CancellationToken, Task<int>> run)
    {
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
            catch (OperationCanceledException exception) when (exception.InnerException is TimeoutException)
            {
                output.Failure(new CommandFailedException("The gateway did not answer in time.", "Is it up? See its log in the folder logs of the data folder."));
                return ExitCode.Failed;
            }
        });
        return command;
    }
}
