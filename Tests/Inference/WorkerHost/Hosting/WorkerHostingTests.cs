using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tests.Unit.Tunnel;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.WorkerHost.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.Inference.WorkerHost.Hosting;

public sealed class WorkerHostingTests
{
    private static readonly (string Key, string Value)[] Good =
    [
        ("Name", "desk"), ("ProviderId", "anna"), ("Gateways:0:Address", "gateway.example.org:9443"), ("Gateways:0:Key", new string('a', 64)),
        ("Models:0:Name", "house"), ("Models:0:Folder", "models/house"),
    ];

    [Fact]
    public void Settings_Good_AreTaken() => Assert.Equal("house", Assert.Single(Bind(Good).Models).Name);

    [Theory]
    [InlineData("Modles:0:Name", "x", "Worker:Models")]
    [InlineData("Native:Treads", "2", "Worker:Native:Threads")]
    [InlineData("Native:Device", "gpu", "Worker:Native:Device")]
    [InlineData("Native:Cuda:Graph", "false", "Worker:Native:Cuda:Graphs")]
    [InlineData("ProviderId", "a b", "Worker:ProviderId")]
    [InlineData("NetworkId", "Upper", "Worker:NetworkId")]
    [InlineData("ProviderId", "a_b", "Worker:ProviderId")]
    [InlineData("Gateways:0:Address", "gateway.example.org", "Worker:Gateways:0:Address")]
    [InlineData("Gateways:0:Key", "abc", "Worker:Gateways:0:Key")]
    [InlineData("Models:0:ManifestSha256", "abc", "Worker:Models:0:ManifestSha256")]
    [InlineData("Models:0:Prices:Prompt", "-1", "Worker:Models:0:Prices:Prompt")]
    [InlineData("Engine", "scripted", "Worker:Scripted")]
    [InlineData("DrainLimit", "01:00:00", "Worker:DrainLimit")]
    [InlineData("Engine", "upstream", "Worker:Models:0:Upstream:Address")]
    [InlineData("Upstream:Slots", "0", "Worker:Upstream:Slots")]
    [InlineData("Models:0:Upstream:Address", "http://127.0.0.1:8000", "Worker:Engine")]
    [InlineData("Quotes:Socket", "tdx.sock", "Worker:Quotes:Image")]
    [InlineData("Quotes:Socket", "tdx.sock", "Worker:Quotes:EventLogFile")]
    [InlineData("Quotes:Folder", "tsm", "Worker:Models:0:ManifestSha256")]
    [InlineData("Quotes:IsSimulated", "true", "Worker:Quotes:Folder")]
    [InlineData("Quotes:Image", "abc", "Worker:Quotes:Image")]
    [InlineData("Models:0:Upstream:Adress", "http://127.0.0.1:8000", "Worker:Models:0:Upstream:Address")]
    public void Settings_Wrong_AreRefusedNamingTheKey(string key, string value, string named)
    {
        var e = Assert.Throws<OptionsValidationException>(() => Bind([.. Good, (key, value)]));
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_OfAnUpstream_AreTaken()
    {
        WorkerOptions options = Bind([.. Upstream("http://127.0.0.1:8000"), ("Upstream:FirstTokenLimit", "00:05:00")], Environments.Production);
        Assert.Equal(("meta-llama/Llama-3.3-70B-Instruct", 5), (options.Models[0].Upstream?.Model, options.Upstream.FirstTokenLimit.Minutes));
    }

    [Fact]
    public void Settings_OfAnUpstreamElsewhere_AreRefusedUnlessThatIsSaid()
    {
        var e = Assert.Throws<OptionsValidationException>(() => Bind([.. Upstream("http://gpu.example.org:8000")]));
        Assert.Contains("Worker:Models:0:Upstream:Address: must be a loopback address", e.Message, StringComparison.Ordinal);
        Assert.True(Bind([.. Upstream("http://gpu.example.org:8000"), ("Models:0:Upstream:AllowRemote", "true")]).Models[0].Upstream?.AllowRemote);
    }

    /// <summary>Prompts in the clear never leave a machine whose quotes say what runs on it.</summary>
    [Theory]
    [InlineData("http://127.0.0.1:8000", "false")]
    [InlineData("http://127.0.0.1:8000", "true")]
    [InlineData("http://gpu.example.org:8000", "true")]
    public void Settings_UpstreamBehindQuotes_AreRefusedUnlessTheQuotesAreSimulated(string address, string remote)
    {
        (string, string)[] settings =
        [
            .. Upstream(address), ("Models:0:Upstream:AllowRemote", remote), ("Models:0:ManifestSha256", new string('a', 64)), ("Quotes:Image", new string('b', 64)), ("Quotes:Folder", "tsm"),
        ];

        var e = Assert.Throws<OptionsValidationException>(() => Bind(settings));

        Assert.Contains("Worker:Engine: must be native where Worker:Quotes", e.Message, StringComparison.Ordinal);
        Assert.Equal(TrustTier.Simulated, Bind([.. settings, ("Quotes:IsSimulated", "true")]).Quotes?.Tier);
    }

    [Fact]
    public void Settings_ScriptedInProduction_AreRefused()
    {
        var e = Assert.Throws<OptionsValidationException>(() => Bind([.. Good, ("Engine", "scripted"), ("Scripted:Rules:0:Answer", "hi")], Environments.Production));
        Assert.Contains("Worker:Engine must be native", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_SimulatedQuotesInProduction_AreRefused()
    {
        (string, string)[] simulated = [.. Good, ("Quotes:Socket", "tdx.sock"), ("Quotes:IsSimulated", "true"), ("Quotes:Measures", "false")];

        var e = Assert.Throws<OptionsValidationException>(() => Bind(simulated, Environments.Production));

        Assert.Contains("Worker:Quotes:IsSimulated must be false in Production", e.Message, StringComparison.Ordinal);
        Assert.Equal(TrustTier.Simulated, Bind(simulated).Quotes?.Tier);
    }

    [Fact]
    public async Task Registration_OfARunningWorker_SaysWhatItOffers()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello");
        WorkerRegistration registration = await worker.Tunnel.GetRegistrationAsync(default);
        Assert.Equal(("desk", "anna", worker.Tunnel.BootId), (registration.WorkerName, registration.ProviderId, registration.BootId));
        ModelOffer offer = Assert.Single(registration.Models);
        Assert.Equal(("tiny", 128, 2, 7L), (offer.Name, offer.ContextTokens, offer.Slots, offer.Prices.CompletionNanoPerMillionTokens));
    }

    [Fact]
    public async Task Stop_WithAJobRunning_FinishesItAndTakesNothingNew()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync(
            "Hello", ("DrainLimit", "00:00:30"), ("Scripted:Rules:0:FirstTokenDelay", "00:00:01"));
        await using SentJob job = await worker.SendAsync();
        Task stopping = worker.StopAsync();
        await Condition.HoldsAsync(() => worker.Services.GetRequiredService<CocoonOrleans.WorkerHost.Jobs.JobGate>().IsDraining, "the worker drains");
        Assert.Equal(JobErrorCodes.Draining, (await worker.AskAsync(RunningWorker.Dispatch(2))).Error?.Code);
        Assert.Equal("Hello", (await Answer.ReadAsync(job)).Text);
        await stopping.WaitAsync(TestGateway.Deadline);
    }

    [Fact]
    public async Task Stop_PastTheDrainLimit_CutsTheJobShortAndKeepsItsReceipt()
    {
        using var data = new TemporaryFolder();
        (string, string)[] settings = [("Engine", "scripted"), ("Scripted:Rules:0:Answer", "Hello"), ("Scripted:Rules:0:Behaviour", "Hang")];
        await using (RunningWorker worker = await RunningWorker.StartAsync(settings, data))
        {
            await using SentJob job = await worker.SendAsync();
            await worker.StopAsync().WaitAsync(TestGateway.Deadline);
            Answer answer = await Answer.ReadAsync(job);
            Assert.Equal((JobErrorCodes.Draining, true), (answer.Error?.Code, answer.Error?.Retryable));
        }
        await using RunningWorker restarted = await RunningWorker.StartAsync(settings, data);
        Assert.Equal(RunningWorker.JobId(1), Assert.Single(await restarted.KeptAsync(1)).JobId);
    }

    private static IEnumerable<(string, string)> Upstream(string address) =>
    [
        .. Good, ("Engine", "upstream"), ("Models:0:Upstream:Address", address), ("Models:0:Upstream:Model", "meta-llama/Llama-3.3-70B-Instruct"),
        ("Models:0:Upstream:Weights", "meta-llama/Llama-3.3-70B-Instruct@6f6073b fp8"),
    ];

    private static WorkerOptions Bind((string Key, string Value)[] settings, string? environment = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = environment ?? Environments.Development });
        foreach (var (key, value) in settings)
            builder.Configuration[$"Worker:{key}"] = value;
        builder.AddWorker();
        return builder.Build().Services.GetRequiredService<IOptions<WorkerOptions>>().Value;
    }
}
