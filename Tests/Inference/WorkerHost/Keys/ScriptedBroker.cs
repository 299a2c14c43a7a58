using System.Net;
using System.Text.Json;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Releases;
using CocoonOrleans.Sealing.Shares;
using CocoonOrleans.Sealing.Statements;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Tests.Inference.WorkerHost.Keys;

/// <summary>A broker that believes everything, or does what a test says instead.</summary>
internal sealed class ScriptedBroker : IAsyncDisposable
{
    private readonly Digest _nonce = Digest.Of(Guid.NewGuid().ToByteArray());
    private readonly WebApplication _app;
    private readonly KeyShare _share;
    private readonly Digest _manifest;

    private ScriptedBroker(WebApplication app, KeyShare share, Digest manifest) => (_app, _share, _manifest) = (app, share, manifest);

    public string Address => $"{_app.Urls.First()}/";

    /// <summary>What it does in place of a release; null for the release.</summary>
    public Func<HttpContext, Task>? Instead { get; set; }

    /// <summary>The requests for shares that came.</summary>
    public List<ReleaseRequest> Asked { get; } = [];

    public static async Task<ScriptedBroker> StartAsync(KeyShare share, Digest manifest)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication app = builder.Build();
        var broker = new ScriptedBroker(app, share, manifest);
        app.Run(broker.HandleAsync);
        await app.StartAsync();
        return broker;
    }

    public static async Task ProblemAsync(HttpContext http, int status, string code, string detail = "no")
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = ReleaseHttp.ProblemMediaType;
        await JsonSerializer.SerializeAsync(http.Response.Body, new ReleaseProblem("urn:x", "No", status, detail, code), ReleaseJson.Default.ReleaseProblem);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task HandleAsync(HttpContext http)
    {
        if (http.Request.Path == $"/{ReleaseHttp.NoncesPath}")
        {
            await JsonSerializer.SerializeAsync(http.Response.Body, new BrokerNonce(_nonce.ToArray(), DateTimeOffset.MaxValue), ReleaseJson.Default.BrokerNonce);
            return;
        }

        ReleaseRequest request = (await JsonSerializer.DeserializeAsync(http.Request.Body, ReleaseJson.Default.ReleaseRequest))!;
        Asked.Add(request);
        if (Instead is not null)
        {
            await Instead(http);
            return;
        }

        Assert.True(BoundStatement.TryRead(request.Statement, out BoundStatement? statement), "it has its form");
        Assert.True(NonceProof.TryDecode(request.Proof, out NonceProof? proof) && proof.Proves(_nonce, statement.Statement.NonceRoot!.Value), "the nonce is the statement's");
        Assert.Equal(StatementRole.KeyRequest, statement.Statement.Role);
        SealedShare answer = SealedShare.TrySeal(statement, _manifest, _share)!;
        await JsonSerializer.SerializeAsync(http.Response.Body, new ReleaseAnswer(answer.Encapsulation.ToArray(), answer.Box.ToArray()), ReleaseJson.Default.ReleaseAnswer);
    }
}
