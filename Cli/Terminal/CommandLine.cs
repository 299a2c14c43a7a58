using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;

namespace CocoonOrleans.Cli.Terminal;

/// <summary>From the words that were typed to an exit code: help, wrong words, and the last net under every command.</summary>
internal static class CommandLine
{
    private const string EndOfOptions = "--";

    // No response files: "@file" is a text to chat about, not a file to read the command line from.
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    /// <summary>Runs what the words ask for.</summary>
    /// <param name="root">All commands.</param>
    /// <param name="words">What was typed.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(RootCommand root, string[] words)
    {
        var output = new CommandOutput(words.TakeWhile(word => word != EndOfOptions).Contains(CommandRunning.Json.Name));
        try
        {
            var help = root.Options.OfType<HelpOption>().Single();
            help.Action = new HelpWithExitCodes((HelpAction)help.Action!);
            var parsed = root.Parse(words, Parsing);
            var wrong = string.Join(" ", [.. parsed.Errors.Select(error => error.Message), .. (parsed.Action is HelpWithExitCodes ? [] : StrayOptions(parsed, words))]);
            if (wrong.Length > 0)
            {
                output.Failure(new CommandFailedException(wrong, $"See ./{NameOf(parsed.CommandResult)} --help"));
                return ExitCode.BadUsage;
            }

            // Signals are ours to handle (Interruption): a network needs longer to stop than the two seconds that are the default here.
            return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            output.Failure(new CommandFailedException(denied.Message, "Mend that file or folder, or choose another data folder with --data.", innerException: denied));
            return ExitCode.Failed;
        }
        catch (Exception fault)
        {
            output.Failure(FaultReport.Write(fault));
            return ExitCode.Failed;
        }
    }

    // An argument takes any word, a mistyped option too: "test --logn" would look for tests of that name.
    private static IEnumerable<string> StrayOptions(ParseResult parsed, string[] words)
    {
        var literal = words.SkipWhile(word => word != EndOfOptions).ToHashSet();
        return parsed.CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens)
            .Select(token => token.Value)
            .Where(word => word.Length > 1 && word[0] == '-' && !word.Any(char.IsWhiteSpace) && !literal.Contains(word))
            .Select(word => $"There is no option {word}; a word that begins with a dash and is none goes after --.");
    }

    private static string NameOf(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{NameOf(parent)} {command.Command.Name}" : command.Command.Name;
}
