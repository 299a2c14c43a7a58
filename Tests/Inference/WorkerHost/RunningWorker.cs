using System.Text;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Records;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Sealing.Sessions;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tests.Unit.Tunnel;
using CocoonOrleans.Tunnel.Accepting;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Trust;
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
    private ClientSession? _session;

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

    /// <summary>The id of a job.</summary>
    public static string JobId(int number) => $"01890000-0000-7000-8000-{number:D12}";

    public static JobDispatch Dispatch(int job = 1, int maxCompletionTokens = 100) => new(
        JobId(job), "lease-1", "tiny", "chatcmpl-1", DateTimeOffset.FromUnixTimeSeconds(1_800_000_000), maxCompletionTokens,
        TimeProvider.System.GetUtcNow().AddMinutes(5), new OfferedPrices(long.MaxValue, long.MaxValue, long.MaxValue), "dGVybXM");

    public static byte[] Chat(string text, string more = "") =>
        Encoding.UTF8.GetBytes($$"""{"model":"tiny","messages":[{"role":"user","content":"{{text}}"}],"stream":true{{more}}}""");

    /// <summary>The worker's statement, as gateways fetch it.</summary>
    public async Task<BoundStatement> StatementAsync()
    {
        VouchedStatement vouched = await Tunnel.GetStatementAsync(CancellationToken.None).WaitAsync(TestGateway.Deadline);
        Assert.True(BoundStatement.TryRead(vouched.Statement, out BoundStatement? statement), "the statement has its form");
        Assert.True(ReceiptKey.Verify(statement, vouched.Voucher), "the statement is signed by its receipt key");
        return statement;
    }

    /// <summary>Seals a job to the worker and sends it.</summary>
    public async Task<SentJob> SendAsync(JobDispatch? dispatch = null, byte[]? payload = null)
    {
        dispatch ??= Dispatch();
        SealedRequest request = await SealAsync(dispatch, payload ?? Chat("hi"));
        return new SentJob(request, await Tunnel.SendJobAsync(dispatch, request.Bytes, CancellationToken.None).WaitAsync(TestGateway.Deadline));
    }

    /// <summary>Seals a job to the worker.</summary>
    public async Task<SealedRequest> SealAsync(JobDispatch dispatch, byte[] payload)
    {
        if (_session is null)
        {
            Assert.True(ClientSession.TryOpen(await StatementAsync(), TimeProvider.System, out _session, out SealingFault unopened), unopened.ToString());
        }

        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        var terms = new RequestTerms
        {
            RequestId = Guid.TryParse(dispatch.JobId, out Guid id) ? id : Guid.CreateVersion7(now),
            Model = dispatch.Model,
            IsStreamed = true,
            Padding = TrafficPadding.Off,
            HoldLimitNano = 1,
            Expires = DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds() + 60),
        };
        Assert.True(_session.TrySeal(terms, new RequestMeta("POST", "/v1/chat/completions", "application/json"), payload, out SealedRequest? request, out SealingFault fault), fault.ToString());
        return request;
    }

    /// <summary>The whole answer to a job.</summary>
    public async Task<Answer> AskAsync(JobDispatch? dispatch = null, byte[]? payload = null)
    {
        await using SentJob job = await SendAsync(dispatch, payload);
        return await Answer.ReadAsync(job).WaitAsync(TestGateway.Deadline);
    }

    /// <summary>The receipts that wait, once there are so many.</summary>
    public async Task<IReadOnlyList<KeptReceipt>> KeptAsync(int count)
    {
        IReadOnlyList<KeptReceipt> kept = [];
        using var deadline = new CancellationTokenSource(TestGateway.Deadline);
        while ((kept = await Tunnel.GetReceiptsAsync(deadline.Token)).Count != count)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, deadline.Token);
        return kept;
    }

    /// <summary>The same, checked: what they say.</summary>
    public async Task<IReadOnlyList<UsageReceipt>> ReceiptsAsync(int count)
    {
        BoundStatement statement = await StatementAsync();
        return [.. (await KeptAsync(count)).Select(kept =>
        {
            Assert.Equal(ReceiptFault.None, new SignedReceipt(kept.Receipt, kept.Signature).Check(statement, out UsageReceipt? receipt));
            return receipt!;
        })];
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        _session?.Dispose();
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
