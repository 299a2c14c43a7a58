using CocoonOrleans.Inference.Engines;

namespace CocoonOrleans.WorkerHost.Models;

/// <summary>
/// Shows how far loading has come: each stage when it begins, each tenth of its bytes, and every five seconds between. In the log, and on standard output as
/// <c>COCOON-LOADING</c> and words, for the program that started the worker.
/// </summary>
/// <param name="model">The model's name.</param>
/// <param name="announcements">Standard output.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed partial class LoadProgressLog(string model, TextWriter announcements, TimeProvider time, ILogger logger) : IProgress<LoadProgress>
{
    private const string Prefix = "COCOON-LOADING";
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private LoadStage? _stage;
    private long _tenth;
    private long _lastSaid;

    public void Report(LoadProgress value)
    {
        long tenth = value.BytesTotal > 0 ? value.BytesDone * 10 / value.BytesTotal : 0;
        lock (_lock)
        {
            if (value.Stage == _stage && tenth <= _tenth && time.GetElapsedTime(_lastSaid) < LongestSilence)
            {
                return;
            }

            (_stage, _tenth, _lastSaid) = (value.Stage, tenth, time.GetTimestamp());
            string progress = value.Describe();
            LogProgress(model, progress);
            announcements.WriteLine($"{Prefix} {model}: {progress}");
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Model}: {Progress}")]
    private partial void LogProgress(string model, string progress);
}
