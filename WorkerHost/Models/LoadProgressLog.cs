using CocoonOrleans.Inference.Engines;

namespace CocoonOrleans.WorkerHost.Models;

/// <summary>Shows how far loading has come: each stage when it begins, and each tenth of its bytes.</summary>
internal sealed partial class LoadProgressLog(string model, ILogger logger) : IProgress<LoadProgress>
{
    private const double BytesPerMegabyte = 1e6;

    private readonly Lock _lock = new();
    private LoadStage? _stage;
    private long _tenth;

    public void Report(LoadProgress value)
    {
        long tenth = value.BytesTotal > 0 ? value.BytesDone * 10 / value.BytesTotal : 0;
        lock (_lock)
        {
            if (value.Stage == _stage && tenth <= _tenth)
            {
                return;
            }

            _stage = value.Stage;
            _tenth = tenth;
        }
        if (value.BytesTotal > 0)
        {
            LogBytes(model, value.Stage, value.BytesDone / BytesPerMegabyte, value.BytesTotal / BytesPerMegabyte);
        }
        else
        {
            LogStage(model, value.Stage);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Model}: {Stage}, {Done:F1} of {Total:F1} MB")]
    private partial void LogBytes(string model, LoadStage stage, double done, double total);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Model}: {Stage}")]
    private partial void LogStage(string model, LoadStage stage);
}
