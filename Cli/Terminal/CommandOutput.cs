using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;

namespace CocoonOrleans.Cli.Terminal;

/// <summary>
/// Where a command writes. For people: stdout. With <c>--json</c> stdout carries exactly one JSON object, on its last line, and everything
/// for people goes to stderr.
/// </summary>
public sealed class CommandOutput
{
    // For people and programs that read lines, not for the inside of an HTML page: "3+4" stays "3+4".
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Where there is no terminal: paths in messages must not be broken.
    private const int UnbrokenWidth = 1000;
    private const int LeastWidth = 40;

    private readonly TextWriter _result;
    private readonly bool _json;
    private bool _insideLine;

    /// <summary>Writes to the streams of this process.</summary>
    /// <param name="json">Whether <c>--json</c> was given.</param>
    public CommandOutput(bool json)
        : this(
            json,
            new LastingWriter(System.Console.Out),
            new LastingWriter(System.Console.Error),
            isTerminal: !(json ? System.Console.IsErrorRedirected : System.Console.IsOutputRedirected))
    {
    }

    /// <summary>Writes to given streams, which are no terminal.</summary>
    /// <param name="json">Whether <c>--json</c> was given.</param>
    /// <param name="output">Stands for stdout.</param>
    /// <param name="error">Stands for stderr.</param>
    public CommandOutput(bool json, TextWriter output, TextWriter error)
        : this(json, output, error, isTerminal: false)
    {
    }

    private CommandOutput(bool json, TextWriter output, TextWriter error, bool isTerminal)
    {
        _json = json;
        _result = output;
        Text = json ? error : output;
        Console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(Text),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        });
        IsLive = isTerminal && Console.Profile.Capabilities.Ansi;
        Console.Profile.Width = isTerminal ? Math.Max(LeastWidth, System.Console.WindowWidth) : UnbrokenWidth;
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
            var json = new ArrayBufferWriter<byte>();
            using (var writer = new Utf8JsonWriter(json, Readable))
            {
                JsonSerializer.Serialize(writer, value, type);
            }

            _result.WriteLine(Encoding.UTF8.GetString(json.WrittenSpan));
            _result.Flush();
        }
    }

    /// <summary>
    /// A piece of text that a stranger wrote, as it comes. Control characters other than line breaks and tabs are left out: a terminal would obey
    /// them. The JSON object has the text as it is.
    /// </summary>
    /// <param name="piece">The piece.</param>
    public void Stream(string piece)
    {
        ArgumentNullException.ThrowIfNull(piece);
        var harmless = Harmless(piece);
        Text.Write(harmless);
        Text.Flush();
        _insideLine = harmless.Length > 0 ? harmless[^1] != '\n' : _insideLine;
    }

    /// <summary>Ends the line that streamed text left open, if it did.</summary>
    public void EndLine()
    {
        if (_insideLine)
        {
            Text.WriteLine();
            _insideLine = false;
        }
    }

    /// <summary>Says why the command failed and what to do.</summary>
    /// <param name="failure">Why.</param>
    public void Failure(CommandFailedException failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        EndLine();
        Console.MarkupLineInterpolated($"[red]{Harmless(failure.Message)}[/]");
        foreach (var line in failure.Details)
        {
            Text.WriteLine($"  {Harmless(line)}");
        }

        if (failure.Fix.Length > 0)
        {
            Console.MarkupLineInterpolated($"{failure.Fix}");
        }

        Result(new CommandFailure(failure.Message, failure.Fix, failure.Details), CommandJson.Default.CommandFailure);
    }

    private static string Harmless(string text) =>
        string.Concat(text.Where(character => character is '\n' or '\t' || !char.IsControl(character)));
}
