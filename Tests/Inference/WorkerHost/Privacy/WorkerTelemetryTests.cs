using CocoonOrleans.Tests.Unit;
using CocoonOrleans.WorkerHost.Metrics;

namespace CocoonOrleans.Tests.Inference.WorkerHost.Privacy;

/// <summary>What a worker measures and traces says nothing of prompt and answer.</summary>
public sealed class WorkerTelemetryTests
{
    private const string Prompt = "saffron-4471-lynx";
    private const string Text = "verdigris-9023-stoat";

    [Theory]
    [InlineData("complete")]
    [InlineData("failed")]
    public async Task Ask_TextThatOccursNowhereElse_IsInNoMetricAndNoTrace(string outcome)
    {
        using var telemetry = new TelemetryCapture();
        (string, string)[] failing = outcome == "failed" ? [("Scripted:Rules:0:FailAfterTokens", "2")] : [];
        await using RunningWorker worker = await RunningWorker.ScriptedAsync(Text, failing);

        await worker.AskAsync(payload: RunningWorker.Chat(Prompt));

        Assert.Contains(telemetry.Of($"outcome={outcome}"), one => one.StartsWith($"metric {WorkerMetrics.MeterName} cocoon.worker.jobs", StringComparison.Ordinal));
        Assert.Empty(telemetry.Of(Prompt));
        Assert.Empty(telemetry.Of(Text));
    }
}
