using System.Text.Json.Nodes;
using CocoonOrleans.Attestation.Simulated.Collaterals;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Tests.Attestation.Provisioning;

/// <summary>Plays Intel's provisioning service on loopback, as well or as badly as a test wants.</summary>
internal sealed class ProvisioningServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _requests;

    private ProvisioningServer(WebApplication app)
    {
        _app = app;
        app.Use(async (context, next) =>
        {
            Interlocked.Increment(ref _requests);
            if (!await Intercept(context))
            {
                await next(context);
            }
        });
        app.UseRouting();
        app.MapProvisioning(() => Collateral!);
    }

    /// <summary>The set that it gives.</summary>
    public required JsonObject Collateral { get; set; }

    /// <summary>Answers in its place; false where it did not.</summary>
    public Func<HttpContext, Task<bool>> Intercept { get; set; } = _ => Task.FromResult(false);

    public int Requests => Volatile.Read(ref _requests);

    public Uri Address => new(_app.Urls.Single() + "/");

    public static async Task<ProvisioningServer> StartAsync(JsonObject collateral)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxResponseBufferSize = null);
        var server = new ProvisioningServer(builder.Build()) { Collateral = collateral };
        await server._app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
