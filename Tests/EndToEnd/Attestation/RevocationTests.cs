using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Tests.EndToEnd.Commands;
using CocoonOrleans.Tests.EndToEnd.Networks;
using CocoonOrleans.Tunnel.Trust;
using Xunit.Abstractions;

namespace CocoonOrleans.Tests.EndToEnd.Attestation;

/// <summary>An operator revokes a machine while it answers, through two gateways, each in a process of its own.</summary>
public sealed class RevocationTests(ITestOutputHelper seen)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Revoke_PlatformWhileItAnswersAtTwoGateways_EndsBothStreamsByTypeAndLastsUntilItIsRestored()
    {
        using var folder = new TemporaryFolder();
        SecondGateway second = SecondGateway.In(folder.Path);
        await using TestNetwork network = await TestNetwork.StartAsync(async options =>
        {
            options = await Script.InAllWorkersAsync(options with { Workers = 1 }) with { SimulatedTdx = [] };
            return options with
            {
                WorkerSettings = new Dictionary<int, IReadOnlyList<string>>
                {
                    [0] = [.. options.WorkerSettings[0], $"--Worker:Gateways:1:Address=127.0.0.1:{second.TunnelPort}", $"--Worker:Gateways:1:Key={second.Id}"],
                },
            };
        });
        new NetworkConnection(network.Url, network.Processes.Topology.AdminUrl, network.Model).Write(network.Data);
        await using SupervisedProcess process = second.Process(network);
        await process.StartAsync(CancellationToken.None);
        using HttpClient one = network.OpenHttp();
        using HttpClient two = second.Open(network.Key);
        await SeeAsync(two, network, HttpStatusCode.OK);

        var (refusedBy, said, error) = await Cocoon.RunAsync("cluster", "revoke", "--worker", "00", "--reason", "x", "--data", network.Data.Path, "--json");
        Assert.Equal(1, refusedBy);
        Assert.Contains("64 lower-case hexadecimal digits", said + error, StringComparison.Ordinal);
        JsonElement worker = Assert.Single((await ClusterAsync(network, "workers")).GetProperty("workers").EnumerateArray());
        Assert.Equal(("simulated", "simulated", true, false), (
            worker.GetProperty("tier").GetString(), worker.GetProperty("assurance").GetString(), worker.GetProperty("takesJobs").GetBoolean(), worker.GetProperty("mustDrain").GetBoolean()));
        string platform = worker.GetProperty("platformId").GetString()!;
        using var streams = new Streams();
        foreach (HttpClient http in (HttpClient[])[one, two])
        {
            await streams.BeginAsync(http, network.Model);
        }

        Task<IReadOnlyList<string?>> ending = streams.EndAsync();
        long started = TimeProvider.System.GetTimestamp();
        JsonElement revoked = await ClusterAsync(network, "revoke", "--platform", platform, "--reason", "stolen");

        Assert.Equal(["provider_revoked", "provider_revoked"], await ending);
        seen.WriteLine($"Both streams had ended {TimeProvider.System.GetElapsedTime(started).TotalMilliseconds:F0} ms after the command began.");
        Assert.Equal((platform, "stolen"), (revoked.GetProperty("value").GetString(), revoked.GetProperty("reason").GetString()));
        await SeeAsync(one, network, HttpStatusCode.ServiceUnavailable);
        await SeeAsync(two, network, HttpStatusCode.ServiceUnavailable);
        Assert.Contains("revoked: The platform", await File.ReadAllTextAsync(Path.Combine(network.Data.Logs, "worker-1.log")), StringComparison.Ordinal);

        // The silo's memory is gone, and the worker dials again and again.
        network.Processes.Silo.Current.Kill();
        await network.Processes.Silo.StartAsync(CancellationToken.None);
        await Eventually.SeeAsync(
            "the revocation after the restart",
            async () => (await Cocoon.RunAsync("cluster", "revocations", "--data", network.Data.Path, "--json")).Output,
            output => output.Contains(platform, StringComparison.Ordinal),
            Deadline);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await AskAsync(one, network.Model));

        Assert.Empty((await ClusterAsync(network, "restore", "--platform", platform)).GetProperty("revocations").EnumerateArray());
        await SeeAsync(one, network, HttpStatusCode.OK);
        await SeeAsync(two, network, HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("revoke", "--reason", "x")]
    [InlineData("revoke", "--reason", "x", "--worker", "00")]
    [InlineData("revoke", "--reason", "x", "--worker", "00", "--image", "00")]
    public async Task Revoke_NothingThatCouldBe_SaysWhatToDo(params string[] arguments)
    {
        using var folder = new TemporaryFolder();

        var (exitCode, output, error) = await Cocoon.RunAsync(["cluster", .. arguments, "--data", folder.Path]);

        Assert.Equal(1, exitCode);
        Assert.Contains(arguments.Length == 5 ? "./cocoon up" : "Name one", output + error, StringComparison.Ordinal);
    }

    /// <summary>The simulated Intel advises a relaunch: the worker serves, and the operator sees until when.</summary>
    [Fact]
    public async Task Workers_RelaunchAdvised_ServeAndShowUntilWhen()
    {
        await using TestNetwork network = await TestNetwork.StartAsync(async options =>
            await Script.InAllWorkersAsync(options with { Workers = 1 }) with { SimulatedTdx = ["--Simulated:Status=TDRelaunchAdvised"] });
        new NetworkConnection(network.Url, network.Processes.Topology.AdminUrl, network.Model).Write(network.Data);

        JsonElement worker = Assert.Single((await ClusterAsync(network, "workers")).GetProperty("workers").EnumerateArray());

        Assert.True(worker.GetProperty("mustDrain").GetBoolean());
        Assert.True(worker.GetProperty("takesJobs").GetBoolean());
        Assert.InRange(worker.GetProperty("relaunchBy").GetDateTimeOffset() - TimeProvider.System.GetUtcNow(), TimeSpan.FromDays(13), TimeSpan.FromDays(14));
        Assert.Equal("stop", (await network.AskAsync("hello")).FinishReason);
    }

    private static async Task<JsonElement> ClusterAsync(TestNetwork network, params string[] arguments)
    {
        var (exitCode, output, error) = await Cocoon.RunAsync(["cluster", .. arguments, "--data", network.Data.Path, "--json"]);
        Assert.True(exitCode == 0, error);
        return Cocoon.Json(output);
    }

    private static Task SeeAsync(HttpClient http, TestNetwork network, HttpStatusCode status) =>
        Eventually.SeeAsync($"status {status}", () => AskAsync(http, network.Model), seen => seen == status, Deadline);

    private static async Task<HttpStatusCode> AskAsync(HttpClient http, string model)
    {
        using HttpResponseMessage response = await http.PostAsJsonAsync("/v1/chat/completions", new { model, messages = new[] { new { role = "user", content = "hello" } } });
        return response.StatusCode;
    }

    /// <summary>Answers under way.</summary>
    private sealed class Streams : IDisposable
    {
        private readonly List<(HttpResponseMessage Response, StreamReader Lines)> _open = [];

        public async Task BeginAsync(HttpClient http, string model)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
            {
                Content = JsonContent.Create(new { model, messages = new[] { new { role = "user", content = Script.Slow } }, stream = true }),
            };
            HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
            _open.Add((response, lines));
            for (int events = 0; events < 4;)
            {
                events += (await lines.ReadLineAsync())!.StartsWith("data: ", StringComparison.Ordinal) ? 1 : 0;
            }
        }

        /// <returns>The code of each one's error; null for one that ended well.</returns>
        public async Task<IReadOnlyList<string?>> EndAsync()
        {
            List<string?> codes = [];
            foreach (var (_, lines) in _open)
            {
                string? code = null;
                while (code is null && await lines.ReadLineAsync().WaitAsync(Deadline) is { } line)
                {
                    code = line.StartsWith("data: {\"error\"", StringComparison.Ordinal) ? JsonElement.Parse(line["data: ".Length..]).GetProperty("error").GetProperty("code").GetString() : null;
                }

                codes.Add(code);
            }

            return codes;
        }

        public void Dispose()
        {
            foreach (var (response, lines) in _open)
            {
                lines.Dispose();
                response.Dispose();
            }
        }
    }

    /// <summary>Another gateway of the same cluster.</summary>
    private sealed record SecondGateway(string Folder, string Id, int Port, int AdminPort, int TunnelPort)
    {
        public static SecondGateway In(string folder)
        {
            using var identity = TunnelIdentity.LoadOrCreate(Path.Combine(folder, "identity"), TimeProvider.System);
            int[] ports = [.. FreePorts.Take(3)];
            return new SecondGateway(folder, identity.Id, ports[0], ports[1], ports[2]);
        }

        public SupervisedProcess Process(TestNetwork network)
        {
            NetworkTopology topology = network.Processes.Topology;
            return new SupervisedProcess(
                new ChildProcessSpec(
                    "gateway-2",
                    BuiltArtifacts.Find().Assembly("Gateway"),
                    [
                        "--environment=Development",
                        "--Cluster:ClusterId=cocoon-local",
                        "--Cluster:ServiceId=cocoon-local",
                        $"--Cluster:GatewayPorts:0={topology.ClusterPort}",
                        $"--Gateway:Listen=127.0.0.1:{Port}",
                        $"--Gateway:AdminListen=127.0.0.1:{AdminPort}",
                        $"--Gateway:DataFolder={Path.Combine(Folder, "gateway")}",
                        $"--Gateway:TermsKeyFile={Path.Combine(network.Data.Path, "gateway", "terms-key")}",
                        "--Gateway:ExitWithParent=true",
                        $"--Tunnel:Listen=127.0.0.1:{TunnelPort}",
                        $"--Tunnel:IdentityFolder={Path.Combine(Folder, "identity")}",
                        $"--Tunnel:AllowedWorkers:{topology.Workers[0].Id}=worker-1",
                        $"--Gateway:Attestation:SimulatedAnchorFile={topology.Issuer!.AnchorFile}",
                        $"--Gateway:Attestation:CollateralSocket={topology.Issuer.Socket}",
                        $"--Gateway:Attestation:ImageFiles:0={topology.Issuer.ImageFile}",
                    ],
                    Path.Combine(Folder, "gateway-2.log")),
                TimeSpan.FromSeconds(90),
                TimeProvider.System);
        }

        public HttpClient Open(string key) => new()
        {
            BaseAddress = new Uri($"http://127.0.0.1:{Port}"),
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key) },
        };
    }
}
