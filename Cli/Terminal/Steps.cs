using System.Diagnostics;
using Spectre.Console;

namespace CocoonOrleans.Cli.Terminal;

/// <summary>Shows steps that run, some at the same time: live on a terminal, one line for each finished step elsewhere.</summary>
internal sealed class Steps
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(10);

    private readonly CommandOutput _output;
    private readonly ProgressContext? _live;

    private Steps(CommandOutput output, ProgressContext? live)
    {
        _output = output;
        _live = live;
    }

    /// <summary>Runs a body that takes steps.</summary>
    public static Task RunAsync(CommandOutput output, Func<Steps, Task> body) => output.IsLive
        ? output.Console.Progress()
            .Columns(new SpinnerColumn { CompletedText = "[green]✓[/]" }, new TaskDescriptionColumn { Alignment = Justify.Left }, new ElapsedTimeColumn())
            .StartAsync(live => body(new Steps(output, live)))
        : body(new Steps(output, null));

    /// <summary>Takes one step.</summary>
    /// <param name="name">What is done, in a few words.</param>
    /// <param name="step">Does it.</param>
    /// <param name="describe">Says what came of it.</param>
    public Task<T> TakeAsync<T>(string name, Func<Task<T>> step, Func<T, string> describe) => TakeAsync(name, _ => step(), describe);

    /// <summary>Takes one step that tells how far it has come.</summary>
    /// <param name="name">What is done, in a few words.</param>
    /// <param name="step">Does it, and may say at any time how far it is: shown beside it on a terminal, and elsewhere every ten seconds.</param>
    /// <param name="describe">Says what came of it.</param>
    public async Task<T> TakeAsync<T>(string name, Func<Action<string>, Task<T>> step, Func<T, string> describe)
    {
        var watch = Stopwatch.StartNew();
        var task = _live?.AddTask(Markup.Escape(name));
        if (task is not null)
        {
            task.IsIndeterminate = true;
        }

        var saidAt = TimeSpan.Zero;
        var result = await step(progress =>
        {
            if (task is not null)
            {
                task.Description = $"{Markup.Escape(name)} [dim]{Markup.Escape(progress)}[/]";
            }
            else if (watch.Elapsed - saidAt >= LongestSilence)
            {
                saidAt = watch.Elapsed;
                _output.Text.WriteLine($"  {name}: {progress}");
            }
        });
        if (task is not null)
        {
            task.Description = $"{Markup.Escape(name)} [dim]{Markup.Escape(describe(result))}[/]";
            task.Value = task.MaxValue;
            task.StopTask();
        }
        else
        {
            _output.Text.WriteLine($"  {name}: {describe(result)} ({watch.Elapsed.TotalSeconds:0.0} s)");
        }

        return result;
    }
}
