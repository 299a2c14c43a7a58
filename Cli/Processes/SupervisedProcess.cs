using System.Text.Json;
using CocoonOrleans.Cli.Terminal;

namespace CocoonOrleans.Cli.Processes;

/// <summary>A process that is started again when it dies, after a pause that doubles from 1 s to 30 s and falls back after a quiet minute.</summary>
/// <param name="spec">What to start.</param>
/// <param name="readyDeadline">How long a start may take.</param>
/// <param name="clock">The clock of pauses and deadlines.</param>
public sealed class SupervisedProcess(ChildProcessSpec spec, TimeSpan readyDeadline, TimeProvider clock) : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan QuietTime = TimeSpan.FromMinutes(1);

    private ChildProcess? _current;

    /// <summary>What people call it.</summary>
    public string Name => spec.Name;

    /// <summary>The process of the last start.</summary>
    /// <exception cref="InvalidOperationException">It was never started.</exception>
    public ChildProcess Current => _current ?? throw new InvalidOperationException($"{spec.Name} was not started.");

    /// <summary>Starts the process and waits until it is ready.</summary>
    /// <param name="cancellationToken">Ends the wait; the process is then killed.</param>
    /// <param name="loading">Told what the process says of how far it has loaded; null for nobody.</param>
    /// <returns>What the process says about itself.</returns>
    /// <exception cref="CommandFailedException">It did not come up.</exception>
    public async Task<JsonElement> StartAsync(CancellationToken cancellationToken, Action<string>? loading = null)
    {
        if (_current is { } previous)
        {
            await previous.DisposeAsync();
        }

        _current = ChildProcess.Start(spec, loading);
        try
        {
            return await _current.WaitUntilReadyAsync(readyDeadline, clock, cancellationToken);
        }
        catch
        {
            _current.Kill();
            throw;
        }
    }

    /// <summary>Watches until cancelled, and starts the process again each time that it dies.</summary>
    /// <param name="say">Tells people what happened.</param>
    /// <param name="cancellationToken">Ends the watch; the process is left as it is.</param>
    public async Task WatchAsync(Action<string> say, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(say);
        var pause = FirstPause;
        while (true)
        {
            var started = clock.GetTimestamp();
            var exitCode = await Current.Exited.WaitAsync(cancellationToken);
            if (clock.GetElapsedTime(started) >= QuietTime)
            {
                pause = FirstPause;
            }

            say($"{Name} ended (exit code {exitCode}); starting it again in {pause.TotalSeconds:0} s. Its log: {spec.LogFile}");
            await Task.Delay(pause, clock, cancellationToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            try
            {
                await StartAsync(cancellationToken);
                say($"{Name} is back (process {Current.Id}).");
            }
            catch (CommandFailedException failure)
            {
                say(failure.Message);
            }
        }
    }

    /// <summary>Stops the process where it runs.</summary>
    /// <param name="grace">How long it may take before it is killed.</param>
    /// <returns>Whether it stopped by itself.</returns>
    public Task<bool> StopAsync(TimeSpan grace) => _current?.StopAsync(grace, clock) ?? Task.FromResult(true);

    /// <summary>Kills what still runs.</summary>
    public ValueTask DisposeAsync() => _current?.DisposeAsync() ?? ValueTask.CompletedTask;
}
