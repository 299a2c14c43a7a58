using System.Text;
using CocoonOrleans.Tests.Unit.Tunnel;
using CocoonOrleans.Tunnel.Accepting;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Trust;
using CocoonOrleans.Tunnel.Usage;
using CocoonOrleans.WorkerHost.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Tests.Inference.WorkerHost;

/// <summary>A worker as it really is, with the tiny model, admitted over a tunnel by a listener on loopback.</summary>
public sealed class RunningWorker : IAsyncDisposable
{
    private readonly TinyModel _model;
    private readonly TemporaryFolder _data;
    private readonly WebApplication _app;
    private readonly bool _ownsFolders;

    private RunningWorker(TinyModel model, TemporaryFolder data, bool ownsFolders, TestGateway gateway, WebApplication app, WorkerTunnel tunnel)
    {
        (_model, _data, _ownsFolders, Gateway, _app, Tunnel) = (model, data, ownsFolders, gateway, app, tunnel);
    }

    public TestGateway Gateway { get; }

    public WorkerTunnel Tunnel { get; }

    public IServiceProvider Services => _app.Services;

    public static Task<RunningWorker> ScriptedAsync(string answer, params (string Key, string Value)[] settings) => StartAsync(
    [
        ("Engine", "scripted"), ("Scripted:Slots", "2"), ("Scripted:ContextTokens", "128"), ("Scripted:Rules:0:Answer", answer), .. settings,
    ]);

    /// <param name="settings">Settings of the section Worker.</param>
    /// <param name="data">The data folder of an earlier worker; null for a new one.</param>
    /// <param name="template">The model's chat template; null where it has none.</param>
    public static async Task<RunningWorker> StartAsync(
        IReadOnlyList<(string Key, string Value)> settings, TemporaryFolder? data = null, string? template = "{% for message in messages %}{{ message['content'] }}{% endfor %}")
    {
        var model = new TinyModel();
        if (template is not null)
        {
            File.WriteAllText(model.PathOf("chat_template.jinja"), template);
        }

        bool ownsFolders = data is null;
        data ??= new TemporaryFolder();
        string workerId;
        using (TunnelIdentity identity = TunnelIdentity.LoadOrCreate(data.File("identity"), TimeProvider.System))
            workerId = identity.Id;
        TestGateway gateway = await TestGateway.StartAsync(PinnedKeys.Only(workerId, "the worker"));
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = Environments.Development });
        foreach (var (key, value) in Settings(gateway, model, data).Concat(settings))
            builder.Configuration[$"Worker:{key}"] = value;
        builder.AddWorker();
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build().MapWorker();
        await app.StartAsync();
        return new RunningWorker(model, data, ownsFolders, gateway, app, await gateway.NextTunnelAsync());
    }

    public static JobDispatch Dispatch(string jobId = "job-1", int maxCompletionTokens = 100) => new(
        jobId, "lease-1", "tiny", "chatcmpl-1", DateTimeOffset.FromUnixTimeSeconds(1_800_000_000), maxCompletionTokens,
        TimeProvider.System.GetUtcNow().AddMinutes(5), new OfferedPrices(long.MaxValue, long.MaxValue, long.MaxValue), "dGVybXM");

    public static byte[] Chat(string text, string more = "") =>
        Encoding.UTF8.GetBytes($$"""{"model":"tiny","messages":[{"role":"user","content":"{{text}}"}],"stream":true{{more}}}""");

    public Task<JobStream> SendAsync(JobDispatch? dispatch = null, byte[]? payload = null) =>
        Tunnel.SendJobAsync(dispatch ?? Dispatch(), payload ?? Chat("hi"), CancellationToken.None).WaitAsync(TestGateway.Deadline);

    /// <summary>The whole answer to a job.</summary>
    public async Task<Answer> AskAsync(JobDispatch? dispatch = null, byte[]? payload = null)
    {
        await using JobStream job = await SendAsync(dispatch, payload);
        return await Answer.ReadAsync(job).WaitAsync(TestGateway.Deadline);
    }

    /// <summary>The reports that wait, once there are so many.</summary>
    public async Task<IReadOnlyList<UsageReport>> ReportsAsync(int count)
    {
        IReadOnlyList<SignedUsageReport> reports = [];
        using var deadline = new CancellationTokenSource(TestGateway.Deadline);
        while ((reports = await Tunnel.GetUsageReportsAsync(deadline.Token)).Count != count)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, deadline.Token);
        return [.. reports.Select(report => report.Check(Tunnel.WorkerKey).Report!)];
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _model.Dispose();
        if (_ownsFolders)
            _data.Dispose();
    }

    private static IEnumerable<(string, string)> Settings(TestGateway gateway, TinyModel model, TemporaryFolder data) =>
    [
        ("Name", "desk"), ("ProviderId", "anna"), ("DataFolder", data.Path), ("DrainLimit", "00:00:00"),
        ("Gateways:0:Address", $"127.0.0.1:{gateway.Port}"), ("Gateways:0:Key", gateway.Identity.Id),
        ("Models:0:Name", "tiny"), ("Models:0:Folder", model.Folder), ("Models:0:Prices:Completion", "7"),
    ];
}
