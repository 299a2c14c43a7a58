using System.Diagnostics;
using System.Text.Json;
using CocoonOrleans.Cli.Terminal;

namespace CocoonOrleans.Cli.Processes;

/// <summary>
/// One running process of the network. Its stdin is a pipe that stays open: end of input tells it to stop, so it stops on our word, and also
/// when we are killed without a word. It runs in a session of its own, so that Ctrl-C in the terminal reaches only us and we choose the order.
/// </summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private const string ReadyPrefix = "COCOON-READY ";
    private const string LoadingPrefix = "COCOON-LOADING ";
    private const string SetSid = "/usr/bin/setsid";

    private readonly Process _process;
    private readonly ProcessLog _log;
    private readonly Action<string> _loading;
    private readonly TaskCompletionSource<JsonElement> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProcess(ChildProcessSpec spec, Process process, ProcessLog log, Action<string> loading)
    {
        _loading = loading;
        Spec = spec;
        Id = process.Id;
        _process = process;
        _log = log;
        Exited = RunAsync();
    }

    /// <summary>How it was started.</summary>
    public ChildProcessSpec Spec { get; }

    /// <summary>Its process id; stays the same after its end.</summary>
    public int Id { get; }

    /// <summary>Ends when the process has ended and its output is read: the exit code.</summary>
    public Task<int> Exited { get; }

    /// <summary>The last lines that it wrote, oldest first.</summary>
    public IReadOnlyList<string> LastLines => _log.Tail;

    /// <summary>Why it could not go on: the last thing that a process of ours says. Below an unhandled exception stand the frames of its stack, which are left out.</summary>
    public string LastWords =>
        LastLines.LastOrDefault(line => line.Length > 0 && !line.StartsWith("   at ", StringComparison.Ordinal) && !line.StartsWith("---", StringComparison.Ordinal))
            ?? "it said nothing.";

    /// <summary>Starts the process.</summary>
    /// <param name="spec">What to start.</param>
    /// <param name="loading">Told what it says of how far it has loaded; null for nobody.</param>
    /// <exception cref="CommandFailedException">It isn't built, or the system can't start it.</exception>
    public static ChildProcess Start(ChildProcessSpec spec, Action<string>? loading = null)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (!File.Exists(spec.Assembly))
        {
            throw new CommandFailedException($"{spec.Name} is not built: {spec.Assembly} is missing.", "Run ./cocoon, which builds it, or: dotnet build -c Release");
        }

        var program = spec.Program ?? DotnetHost.Path;
        var start = new ProcessStartInfo
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (File.Exists(SetSid))
        {
            start.FileName = SetSid;
            start.ArgumentList.Add(program);
        }
        else
        {
            start.FileName = program;
        }

        start.ArgumentList.Add(spec.Assembly);
        foreach (var argument in spec.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var log = new ProcessLog(spec.LogFile);
        try
        {
            var process = Process.Start(start) ?? throw new InvalidOperationException("No process was started.");
            return new ChildProcess(spec, process, log, loading ?? (_ => { }));
        }
        catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            log.Dispose();
            throw new CommandFailedException(
                $"{spec.Name} could not be started with {program}: {exception.Message}", "Run ./cocoon doctor.", innerException: exception);
        }
    }

    /// <summary>Waits for the line in which the process says that it is ready.</summary>
    /// <param name="deadline">The longest wait.</param>
    /// <param name="clock">The clock of the deadline.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What it says about itself.</returns>
    /// <exception cref="CommandFailedException">It ended first, or the deadline passed; the last log lines are in the details.</exception>
    public async Task<JsonElement> WaitUntilReadyAsync(TimeSpan deadline, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            return await _ready.Task.WaitAsync(deadline, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw Failure($"{Spec.Name} was not ready within {deadline.TotalSeconds:0} s.");
        }
    }

    /// <summary>Asks the process to stop, by ending its input, and kills it where it doesn't.</summary>
    /// <param name="grace">How long it may take.</param>
    /// <param name="clock">The clock of the grace.</param>
    /// <returns>Whether it stopped by itself.</returns>
    public async Task<bool> StopAsync(TimeSpan grace, TimeProvider clock)
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            // It has just ended: what we want.
        }

        try
        {
            await Exited.WaitAsync(grace, clock);
            return true;
        }
        catch (TimeoutException)
        {
            Kill();
            await Exited;
            return false;
        }
    }

    /// <summary>Ends the process at once, as <c>kill -9</c> does.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }

    /// <summary>Kills what still runs and frees what was held.</summary>
    public async ValueTask DisposeAsync()
    {
        Kill();
        await Exited;
        _process.Dispose();
    }

    private async Task<int> RunAsync()
    {
        await Task.WhenAll(PumpAsync(_process.StandardOutput), PumpAsync(_process.StandardError));
        await _process.WaitForExitAsync();
        _log.Dispose();
        _ready.TrySetException(Failure($"{Spec.Name} ended with exit code {_process.ExitCode} before it was ready: {LastWords}"));
        _ = _ready.Task.Exception; // Observed: nobody may be waiting any more.
        return _process.ExitCode;
    }

    private async Task PumpAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(LoadingPrefix, StringComparison.Ordinal))
            {
                // Not for the log: the two outputs are read side by side, and this must not stand behind the process's last words.
                _loading(line[LoadingPrefix.Length..]);
                continue;
            }

            _log.Write(line);
            if (line.StartsWith(ReadyPrefix, StringComparison.Ordinal))
            {
                Announce(line.AsMemory(ReadyPrefix.Length));
            }
        }
    }

    private void Announce(ReadOnlyMemory<char> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            _ready.TrySetResult(document.RootElement.Clone());
        }
        catch (JsonException exception)
        {
            _ready.TrySetException(Failure($"{Spec.Name} said that it is ready in words that are no JSON: {exception.Message}"));
        }
    }

    private CommandFailedException Failure(string message) => new(message, $"Its log: {Spec.LogFile}", LastLines);
}
