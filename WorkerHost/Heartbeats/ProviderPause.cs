using CocoonOrleans.WorkerHost.Hosting;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.WorkerHost.Heartbeats;

/// <summary>
/// Whether the provider wants this worker to take no more jobs: while there is a file <c>paused</c> in its data folder. What runs is finished. The provider's
/// keeper writes it where work is not promised, and so can a person.
/// </summary>
internal sealed partial class ProviderPause(IOptions<WorkerOptions> options, ILogger<ProviderPause> logger)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "paused";

    private readonly string _file = Path.Combine(options.Value.DataFolder, FileName);
    private readonly ILogger _logger = logger;
    private int _wasPaused;

    /// <summary>Looks.</summary>
    public bool IsPaused
    {
        get
        {
            bool paused = File.Exists(_file);
            if (Interlocked.Exchange(ref _wasPaused, paused ? 1 : 0) != (paused ? 1 : 0))
            {
                LogChanged(paused ? "takes no more jobs" : "takes jobs again", _file);
            }

            return paused;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "By its provider's wish this worker {What}: {File}")]
    private partial void LogChanged(string what, string file);
}
