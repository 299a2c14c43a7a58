using System.Net.Http.Json;
using System.Text;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Telemetry;

/// <summary>What a collector and Prometheus are told by a network of real processes.</summary>
public sealed class TelemetryTests
{
    private const string Canary = "marigold-5527-tapir";
    private const string Answer = "saffron-9914-okapi";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Ask_Once_IsOneTraceThroughAllProcessesWithoutItsText()
    {
        await using var collector = await CollectorStub.StartAsync();
        var ports = FreePorts.Take(3);
        string[] Settings(int port) => [$"--Telemetry:OtlpEndpoint={collector.Url}", "--Telemetry:MetricsEvery=00:00:01", $"--Telemetry:PrometheusListen=127.0.0.1:{port}"];
        await using var network = await TestNetwork.StartAsync(async options =>
        {
            var scripted = await Script.InAllWorkersAsync(options, [("", Answer)]);
            return scripted with
            {
                Workers = 1,
                SiloSettings = [.. scripted.SiloSettings, .. Settings(ports[0])],
                GatewaySettings = [.. scripted.GatewaySettings, .. Settings(ports[1])],
                WorkerSettings = new Dictionary<int, IReadOnlyList<string>> { [0] = [.. scripted.WorkerSettings.GetValueOrDefault(0, []), .. Settings(ports[2])] },
            };
        });
        using var http = network.OpenHttp();
        const string trace = "0af7651916cd43dd8448eb211c80319c";
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = JsonContent.Create(new { model = network.Model, messages = new[] { new { role = "user", content = Canary } } }),
            Headers = { { "traceparent", $"00-{trace}-b7ad6b7169203331-01" }, { "tracestate", $"who={Canary}" }, { "baggage", $"who={Canary}" } },
        };
        using var response = await http.SendAsync(request);
        response.EnsureSuccessStatusCode();

        var spans = await Eventually.SeeAsync(
            "the trace's spans",
            () => collector.Spans.Where(span => span.TraceId == trace).ToArray(),
            seen => new[] { "cocoon-gateway", "cocoon-silo", "cocoon-worker" }.All(service => seen.Any(span => span.Service == service)) && seen.Count(span => span.Name == "ledger.commit") >= 2,
            Deadline);

        // One tree: each span but the first hangs on another one.
        Assert.Equal("b7ad6b7169203331", Assert.Single(spans, span => span.Name == "POST v1/chat/completions" || span.Name == "POST /v1/chat/completions").ParentId);
        var known = spans.Select(span => span.SpanId).Append("b7ad6b7169203331").ToHashSet();
        Assert.All(spans.Where(span => span.Service == "cocoon-worker"), span => Assert.Contains(span.ParentId, known));
        foreach (var (port, metric) in new[] { (ports[0], "cocoon_ledger_commit_duration"), (ports[1], "gen_ai_server_request_duration"), (ports[2], "cocoon_worker_jobs") })
        {
            using var prometheus = new HttpClient();
            var page = await prometheus.GetStringAsync($"http://127.0.0.1:{port}/metrics");
            Assert.Contains(metric, page, StringComparison.Ordinal);
            Assert.Contains("le=\"0.0005\"", page, StringComparison.Ordinal);
        }

        await Eventually.SeeAsync("metrics and logs", () => collector.Bodies.Select(body => body.Path).ToHashSet(), seen => seen.IsSupersetOf(["/v1/metrics", "/v1/logs"]), Deadline);
        string[] secrets = [Canary, Answer, network.Key];
        Assert.DoesNotContain(collector.Bodies, body => secrets.Any(secret => body.Body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)) >= 0));
    }
}
