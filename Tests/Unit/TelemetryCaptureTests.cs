using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace CocoonOrleans.Tests.Unit;

/// <summary>The search over metrics and traces works: what is there is found.</summary>
public sealed class TelemetryCaptureTests
{
    private const string Canary = "cinnabar-1190-ocelot";

    [Fact]
    public void Of_TextInATagOfAMetric_IsFound()
    {
        using var telemetry = new TelemetryCapture();
        using var meter = new Meter("control");
        meter.CreateCounter<int>("control.leaks").Add(1, new KeyValuePair<string, object?>("prompt", Canary));

        Assert.Contains(telemetry.Of(Canary), one => one.StartsWith("metric control control.leaks", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("tag")]
    [InlineData("name")]
    [InlineData("event")]
    [InlineData("status")]
    [InlineData("baggage")]
    public void Of_TextInATrace_IsFound(string where)
    {
        string canary = $"{Canary}-{where}";
        using var telemetry = new TelemetryCapture();
        using var source = new ActivitySource("control");
        using (Activity activity = source.StartActivity("ask")!)
        {
            _ = where switch
            {
                "tag" => activity.SetTag("prompt", canary),
                "event" => activity.AddEvent(new ActivityEvent("asked", tags: new ActivityTagsCollection([KeyValuePair.Create("prompt", (object?)canary)]))),
                "status" => activity.SetStatus(ActivityStatusCode.Error, canary),
                "baggage" => activity.AddBaggage("prompt", canary),
                _ => activity,
            };
            activity.DisplayName = where == "name" ? canary : "ask";
        }

        Assert.Single(telemetry.Of(canary));
    }
}
