using System.Security.Cryptography;
using System.Text;
using CocoonOrleans.Attestation.EventLogs;
using CocoonOrleans.Attestation.Measuring;
using CocoonOrleans.Attestation.QuoteSources;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Upstream;
using CocoonOrleans.Sealing;
using CocoonOrleans.Tests.Unit.Tunnel;
using CocoonOrleans.WorkerHost.Hosting;
using CocoonOrleans.WorkerHost.Measuring;
using CocoonOrleans.WorkerHost.Sealing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Inference.WorkerHost.Measuring;

/// <summary>What a worker measures while it starts, into a register that the test plays.</summary>
public sealed class WorkerMeasurementTests : IDisposable
{
    private static readonly string[] Names = ["configuration", "engine", "models", "ready"];

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly PlayedRegister _register = new();
    private readonly Dictionary<string, string?> _settings = new() { ["Worker:Name"] = "desk", ["Worker:NetworkId"] = "local" };

    public WorkerMeasurementTests() => File.WriteAllBytes(_folder.File("ccel"), [.. CcelWriter.Create().ToArray(), .. new byte[100]]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Start_EmptyRegister_MeasuresInOrderAndTheLogReplaysToIt()
    {
        var measurement = Make();
        await measurement.StartAsync(default);

        EventLog log = Read(measurement);
        Assert.Equal(Names, log.Entries.Select(entry => entry.Name));
        Assert.Equal(_register.Value, log.Replay()[3].ToArray());
        Assert.True(MeasuredModels.TryDecode(log.Entries[2].Content, out var models));
        Assert.Equal("engine=native"u8.ToArray(), log.Entries[1].Content.ToArray());
        Assert.Equal([new Digest(Convert.FromHexString(new string('a', 64)))], models);
    }

    [Fact]
    public async Task Start_AgainInTheSameTd_MeasuresNothingMore()
    {
        await Make().StartAsync(default);
        byte[] before = _register.Value;

        await Make().StartAsync(default);

        Assert.Equal((4, before), (_register.Extensions, _register.Value));
    }

    [Fact]
    public async Task Start_AgainWithOtherSettings_FailsAndSaysToStartTheTdAgain()
    {
        await Make().StartAsync(default);
        _settings["Worker:NetworkId"] = "other";

        var error = await Assert.ThrowsAsync<IOException>(() => Make().StartAsync(default));

        Assert.Contains("Start the TD again", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_RegisterOfSomebodyElse_Fails()
    {
        await _register.ExtendAsync("foreign", default);

        await Assert.ThrowsAsync<IOException>(() => Make().StartAsync(default));
    }

    /// <summary>The second extension was done, and nobody heard of it.</summary>
    [Fact]
    public async Task Start_AnswerLostInTheMiddle_GoesOnWithoutMeasuringTwice()
    {
        _register.LosesAnswerOf = "models";
        var measurement = Make();

        Task start = measurement.StartAsync(default);
        await Condition.HoldsAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(5));
                return start.IsCompletedSuccessfully;
            },
            "it is measured");

        Assert.Equal(4, _register.Extensions);
        Assert.Equal(_register.Value, Read(measurement).Replay()[3].ToArray());
    }

    [Fact]
    public async Task Start_NoEventLogThere_Fails()
    {
        File.Delete(_folder.File("ccel"));
        await Assert.ThrowsAsync<FileNotFoundException>(() => Make().StartAsync(default));

        File.WriteAllText(_folder.File("ccel"), "no table");
        Assert.Contains("EventLogFile", (await Assert.ThrowsAsync<IOException>(() => Make().StartAsync(default))).Message, StringComparison.Ordinal);
        Assert.Equal(0, _register.Extensions);
    }

    [Fact]
    public async Task Start_NothingToMeasure_HandsTheFirmwaresLogOver()
    {
        var measurement = new WorkerMeasurement(Configuration(), Options.Create(Worker()), new MeasuringRegister(register: null), _time, NullLogger<WorkerMeasurement>.Instance);
        await measurement.StartAsync(default);

        Assert.Empty(Read(measurement).Entries);
    }

    [Fact]
    public void Configuration_OrderAndCaseOfKeys_DoNotMatterAndValuesDo()
    {
        string Digest(params (string Key, string Value)[] settings) => Convert.ToHexStringLower(WorkerMeasurement.ConfigurationDigest(
            new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => $"Worker:{setting.Key}", setting => (string?)setting.Value)).Build().GetSection("Worker")));

        Assert.Equal(Digest(("A", "1"), ("B:0", "2")), Digest(("b:0", "2"), ("a", "1")));
        Assert.NotEqual(Digest(("A", "1")), Digest(("A", "2")));
        Assert.NotEqual(Digest(("A", "1"), ("B", "")), Digest(("A", "1")));
    }

    [Theory]
    [InlineData(EngineKind.Native, false, "engine=native")]
    [InlineData(EngineKind.Scripted, false, "engine=scripted")]
    [InlineData(EngineKind.Upstream, false, "engine=upstream;plaintext=loopback")]
    [InlineData(EngineKind.Upstream, true, "engine=upstream;plaintext=remote")]
    public void Engine_OfEachKind_IsMeasuredInWordsThatAnImageCanFix(EngineKind engine, bool remote, string payload)
    {
        WorkerOptions worker = Worker();
        worker.Engine = engine;
        worker.Models[0].Upstream = engine == EngineKind.Upstream ? new UpstreamModelOptions { AllowRemote = remote } : null;

        Assert.Equal(payload, Encoding.ASCII.GetString(MeasuredEngine.Encode(worker)));
    }

    private static EventLog Read(WorkerMeasurement measurement)
    {
        Assert.True(EventLog.TryParse(measurement.EventLog, out EventLog? log, out var refusal), refusal?.ToString());
        return log!;
    }

    private IConfiguration Configuration() => new ConfigurationBuilder().AddInMemoryCollection(_settings).Build();

    private WorkerOptions Worker() => new()
    {
        Models = [new ModelOptions { Name = "house", Folder = "models/house", ManifestSha256 = new string('a', 64) }],
        Quotes = new QuoteOptions { Socket = "tdx.sock", IsSimulated = true, EventLogFile = _folder.File("ccel") },
    };

    private WorkerMeasurement Make() => new(Configuration(), Options.Create(Worker()), new MeasuringRegister(_register), _time, NullLogger<WorkerMeasurement>.Instance);

    /// <summary>Plays RTMR3. FAKE: a register is hardware.</summary>
    private sealed class PlayedRegister : IRuntimeRegister
    {
        public byte[] Value { get; private set; } = new byte[48];

        public int Extensions { get; private set; }

        /// <summary>The event whose extension is done and not answered, once.</summary>
        public string? LosesAnswerOf { get; set; }

        public Task<RegisterResult> ReadAsync(CancellationToken cancellationToken = default) => Task.FromResult(new RegisterResult(Value, null));

        public Task<RegisterResult> ExtendAsync(string name, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken = default)
        {
            Value = SHA384.HashData([.. Value, .. RuntimeEvent.Digest(RuntimeEvent.Cocoon, name, payload.Span)!]);
            Extensions++;
            if (LosesAnswerOf != name)
            {
                return ReadAsync(cancellationToken);
            }

            LosesAnswerOf = null;
            return Task.FromResult(new RegisterResult(default, new TeeFailure(TeeFailureKind.TimedOut, "It did not answer.", "Wait.")));
        }
    }
}
