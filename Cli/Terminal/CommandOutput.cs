using System.Text.Json.Serialization.Metadata;
using System.Text.Json;
using Spectre.Console;

namespace CocoonOrleans.Cli.Terminal;

/// <summary>
/// Where a command writes. For people: stdout. With <c>--json</c> stdout carries exactly one JSON object, on its last line, and everything
/// for people goes to stderr.
/// </summary>
public sealed class CommandOutput
{
    private readonly TextWriter _result;
    private readonly bool _json;

    /// <summary>Writes to the streams of this process.</summary>
    /// <param name="json">Whether <c>--json</c> was given.</param>
    public CommandOutput(bool json)
        : this(json, System.Console.Out, System.Console.Error)
    {
    }

    /// <summary>Writes to given streams.</summary>
    /// <param name="json">Whether <c>--json</c> was given.</param>
    /// <param name="output">Stands for stdout.</param>
    /// <param name="error">Stands for stderr.</param>
    public CommandOutput(bool json, TextWriter output, TextWriter error)
    {
        _json = json;
        _result = output;
        Text = json ? error : output;
        Console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Text) });
        if (!Console.Profile.Capabilities.Interactive || (json ? System.Console.IsErrorRedirected : System.Console.IsOutputRedirected))
        {
            Console.Profile.Width = 200; // Not a terminal: paths in messages must not be broken.
        }

        IsLive = !(json ? System.Console.IsErrorRedirected : System.Console.IsOutputRedirected) && Console.Profile.Capabilities.Ansi;
    }

    /// <summary>Styled text for people.</summary>
    public IAnsiConsole Console { get; }

    /// <summary>The same stream without wrapping or styles: for streamed answers and lines that programs read.</summary>
    public TextWriter Text { get; }

    /// <summary>Whether a terminal shows this, so that lines may be redrawn.</summary>
    public bool IsLive { get; }

    /// <summary>The result, as one JSON object on one line; nothing where <c>--json</c> was not given.</summary>
    /// <param name="value">The result.</param>
    /// <param name="type">How it is written.</param>
    /// <typeparam name="T">A type of <see cref="CommandJson"/>.</typeparam>
    public void Result<T>(T value, JsonTypeInfo<T> type)
    {
        if (_json)
        {
            _result.WriteLine(JsonSerializer.Serialize(value, type));
            _result.Flush();
        }
    }

    /// <summary>Says why the command failed and what to do.</summary>
    /// <param name="failure">Why.</param>
    public void Failure(CommandFailedException failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        Console.MarkupLineInterpolated($"[red]{failure.Message}[/]");
        foreach (var line in failure.Details)
        {
            Text.WriteLine($"  {line}");
        }

        if (failure.Fix.Length > 0)
        {
            Console.MarkupLineInterpolated($"{failure.Fix}");
        }

        Result(new CommandFailure(failure.Message, failure.Fix, failure.Details), CommandJson.Default.CommandFailure);
    }
}
