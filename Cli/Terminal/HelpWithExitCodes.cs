using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace CocoonOrleans.Cli.Terminal;

/// <summary>The help of a command, and below it what its exit code means.</summary>
/// <param name="help">Writes the help itself.</param>
internal sealed class HelpWithExitCodes(HelpAction help) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var exitCode = help.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output.WriteLine(
            $"""
            Exit codes:
              {ExitCode.Success}  Done. For up: stopped by Ctrl-C or SIGTERM, in order.
              {ExitCode.Failed}  Failed or interrupted; the reason and what to do were printed.
              {ExitCode.BadUsage}  Wrong command line; what is wrong was printed.

            """);
        return exitCode;
    }
}
