using CocoonOrleans.Cli.Models;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Attestation;

/// <summary>Workers whose evidence is not good, in processes of their own: none gets a job, and both logs say why.</summary>
public sealed class RefusedEvidenceTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    [Theory]
    [InlineData("--Simulated:Debug=true", "td.debug")]
    [InlineData("--Simulated:RevokedProcessor=true", "pck.revoked")]
    [InlineData("--Simulated:Status=OutOfDate", "policy.status")]
    public async Task Start_PlatformThatIsNotGood_TheWorkerIsRefusedAndBothLogsSayWhy(string setting, string code)
    {
        await using var network = new Started();
        await network.StartAsync(options => options with { SimulatedTdx = [setting] });

        await network.LogsSayAsync(code);
    }

    /// <summary>The other direction: the gateway has the key that the worker pins, and states another network.</summary>
    [Fact]
    public async Task Start_GatewayOfAnotherNetwork_IsRefusedByTheWorker()
    {
        await using var network = new Started();
        await network.StartAsync(options => options with { GatewaySettings = ["--Gateway:NetworkId=other"] });

        await network.LogSaysAsync("worker-1.log", "gateway_statement: The gateway is of another network than local");
    }

    /// <summary>A relaunch is advised, and this network grants no time for it.</summary>
    [Fact]
    public async Task Start_RelaunchAdvisedWithoutGrace_IsRefusedAndBothLogsSayWhy()
    {
        await using var network = new Started();
        await network.StartAsync(options => options with
        {
            SimulatedTdx = ["--Simulated:Status=TDRelaunchAdvised"],
            GatewaySettings = ["--Gateway:Attestation:RelaunchGrace=00:00:00"],
        });

        await network.LogsSayAsync("policy.relaunch");
    }

    /// <summary>The worker hands over a log in which one byte of the firmware's is another.</summary>
    [Fact]
    public async Task Start_WorkerWithAChangedEventLog_IsRefusedAndBothLogsSayWhy()
    {
        await using var network = new Started();
        await network.StartAsync(
            options => options with
            {
                SimulatedTdx = [],
                WorkerSettings = new Dictionary<int, IReadOnlyList<string>> { [0] = [.. options.WorkerSettings[0], $"--Worker:Quotes:EventLogFile={network.ChangedLog}"] },
            },
            log => File.WriteAllBytes(network.ChangedLog, Changed(log)));

        await network.LogsSayAsync("log.replay");
    }

    private static byte[] Changed(byte[] log)
    {
        // The digest of the kernel's event stands 48 bytes and a length before its text.
        int text = log.AsSpan().IndexOf("simulated kernel"u8);
        log[text - sizeof(uint) - 1] ^= 1;
        return log;
    }

    [Fact]
    public async Task Start_WorkerUnderAnotherAnchor_IsRefusedAndBothLogsSayWhy()
    {
        await using var network = new Started();
        await using SupervisedProcess other = network.Issuer(out string socket);
        await other.StartAsync(CancellationToken.None);
        await network.StartAsync(options => options with
        {
            SimulatedTdx = [],
            WorkerSettings = new Dictionary<int, IReadOnlyList<string>> { [0] = [.. options.WorkerSettings[0], $"--Worker:Quotes:Socket={socket}"] },
        });

        await network.LogsSayAsync("pck.root");
    }

    /// <summary>A network whose worker need not be admitted.</summary>
    private sealed class Started : IAsyncDisposable
    {
        private readonly TemporaryFolder _folder = new();
        private readonly CancellationTokenSource _end = new();
        private LocalNetwork? _network;
        private Task _worker = Task.CompletedTask;

        public SupervisedProcess Issuer(out string socket)
        {
            socket = Path.Combine(_folder.Path, "other.sock");
            return new SupervisedProcess(
                new ChildProcessSpec(
                    "other-issuer",
                    BuiltArtifacts.Find().Assembly("Attestation.Simulated"),
                    ["--environment=Development", $"--Simulated:Socket={socket}", "--Simulated:ExitWithParent=true"],
                    Path.Combine(_folder.Path, "other-issuer.log")),
                Deadline,
                TimeProvider.System);
        }

        public string ChangedLog => Path.Combine(_folder.Path, "changed-ccel.bin");

        public async Task StartAsync(Func<LocalNetworkOptions, LocalNetworkOptions> change, Action<byte[]>? bootLog = null)
        {
            BuiltArtifacts artifacts = BuiltArtifacts.Find();
            var options = new LocalNetworkOptions
            {
                Artifacts = artifacts,
                Data = new DataFolder(_folder.Path),
                ModelName = HouseModelFolder.Name,
                ModelFolder = HouseModelFolder.Path(artifacts),
                Port = FreePorts.Take(1)[0],
                Workers = 1,
            };
            options = change(await Script.InAllWorkersAsync(options, [("", Script.PlainAnswer)]));
            _network = LocalNetwork.Create(options, TimeProvider.System);
            if (_network is { Issuer: { } issuer, Topology.Issuer: { } place })
            {
                System.Text.Json.JsonElement ready = await issuer.StartAsync(CancellationToken.None);
                place.WriteAnchor(ready);
                place.WriteImage(ready);
                bootLog?.Invoke(await File.ReadAllBytesAsync(place.BootLogFile));
            }

            await _network.Silo.StartAsync(CancellationToken.None);
            await _network.Gateway.StartAsync(CancellationToken.None);

            // It is ready when a gateway has admitted it, which none will.
            _worker = _network.Workers[0].StartAsync(_end.Token);
        }

        /// <summary>Waits until gateway and worker have logged the refusal, and sees that the worker was not admitted.</summary>
        public async Task LogsSayAsync(string code)
        {
            await LogSaysAsync("gateway.log", $"evidence_refused: {code}: ");
            await LogSaysAsync("worker-1.log", $"evidence_refused: {code}: ");
        }

        /// <summary>Waits until a log has said something, and sees that the worker was not admitted.</summary>
        public async Task LogSaysAsync(string log, string words)
        {
            await Eventually.SeeAsync($"{words} in {log}", () => Read(Path.Combine(_folder.Path, "logs", log)), text => text.Contains(words, StringComparison.Ordinal), Deadline);
            Assert.False(_worker.IsCompleted, "the worker was admitted, or ended");
            Assert.DoesNotContain("COCOON-READY", Read(Path.Combine(_folder.Path, "logs", "worker-1.log")), StringComparison.Ordinal);
        }

        public async ValueTask DisposeAsync()
        {
            await _end.CancelAsync();
            await _worker.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            if (_network is not null)
            {
                await _network.DisposeAsync();
            }

            _end.Dispose();
            _folder.Dispose();
        }

        private static string Read(string path)
        {
            if (!File.Exists(path))
            {
                return "";
            }

            using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            return reader.ReadToEnd();
        }
    }
}
