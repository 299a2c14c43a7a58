using CocoonOrleans.Inference.Engines;
using CocoonOrleans.WorkerHost.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Inference.WorkerHost.Models;

public sealed class LoadProgressLogTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Report_ManySteps_SaysStagesTenthsAndEveryFiveSeconds()
    {
        using var said = new StringWriter();
        var log = new LoadProgressLog("house", said, _time, NullLogger.Instance);

        for (var percent = 0; percent <= 20; percent++)
        {
            log.Report(new LoadProgress(LoadStage.Reading, percent * 1_000_000, 100_000_000));
        }

        _time.Advance(TimeSpan.FromSeconds(5));
        log.Report(new LoadProgress(LoadStage.Reading, 21_000_000, 100_000_000) { TimeLeft = TimeSpan.FromSeconds(7) });
        log.Report(new LoadProgress(LoadStage.Ready, 0, 0));

        Assert.Equal(
            [
                "COCOON-LOADING house: reading, 0.0 of 100.0 MB",
                "COCOON-LOADING house: reading, 10.0 of 100.0 MB",
                "COCOON-LOADING house: reading, 20.0 of 100.0 MB",
                "COCOON-LOADING house: reading, 21.0 of 100.0 MB, 7 s left",
                "COCOON-LOADING house: ready",
            ],
            said.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }
}
