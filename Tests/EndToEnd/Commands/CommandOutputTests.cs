using CocoonOrleans.Cli.Terminal;

namespace CocoonOrleans.Tests.EndToEnd.Commands;

public sealed class CommandOutputTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public void Failure_Json_IsOneReadableObjectOnStdoutAndWordsOnStderr()
    {
        new CommandOutput(json: true, _output, _error).Failure(new CommandFailedException("3+4 isn't <8>", "Count again."));

        Assert.Equal("""{"error":"3+4 isn't <8>","fix":"Count again.","details":[],"ok":false}""" + Environment.NewLine, _output.ToString());
        Assert.Contains("Count again.", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Stream_ControlCharacters_NeverReachTheTerminal()
    {
        new CommandOutput(json: false, _output, _error).Stream("a\u001b[2J\u009b1m\r\u0007b\n\tc");

        Assert.Equal("a[2J1mb\n\tc", _output.ToString());
    }

    [Fact]
    public void Failure_AfterHalfALine_BeginsOnALineOfItsOwn()
    {
        var output = new CommandOutput(json: false, _output, _error);
        output.Stream("half");

        output.Failure(new CommandFailedException("Stopped.", ""));

        Assert.Equal($"half{Environment.NewLine}Stopped.{Environment.NewLine}", _output.ToString().ReplaceLineEndings());
    }
}
