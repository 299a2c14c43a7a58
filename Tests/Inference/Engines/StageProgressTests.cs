using CocoonOrleans.Inference.Engines;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Inference.Engines;

public sealed class StageProgressTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Last _seen = new();

    [Fact]
    public void Report_AfterAWhile_TellsTheTimeLeft()
    {
        var stage = new StageProgress(LoadStage.Reading, _seen, _time);
        _time.Advance(TimeSpan.FromSeconds(3));

        stage.Report(10_000_000, 40_000_000);

        Assert.Equal(TimeSpan.FromSeconds(9), _seen.Value?.TimeLeft);
        Assert.Equal("reading, 10.0 of 40.0 MB, 9 s left", _seen.Value?.Describe());
    }

    [Theory]
    [InlineData(0.4, 10)]
    [InlineData(3, 0)]
    public void Report_TooEarlyOrNothingDone_TellsNoTimeLeft(double seconds, long done)
    {
        var stage = new StageProgress(LoadStage.Building, _seen, _time);
        _time.Advance(TimeSpan.FromSeconds(seconds));

        stage.Report(done, 100);

        Assert.Null(_seen.Value?.TimeLeft);
    }

    [Fact]
    public void Describe_NothingToCount_IsTheStageAlone() => Assert.Equal("ready", new LoadProgress(LoadStage.Ready, 0, 0).Describe());

    private sealed class Last : IProgress<LoadProgress>
    {
        public LoadProgress? Value { get; private set; }

        public void Report(LoadProgress value) => Value = value;
    }
}
