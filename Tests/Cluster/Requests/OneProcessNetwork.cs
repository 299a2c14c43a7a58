using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Grains.Channels;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Ledger;
using CocoonOrleans.Silo.Hosting;
using CocoonOrleans.Tests.Cluster.Channels;
using CocoonOrleans.Tests.Unit;
using CocoonOrleans.Tests.Unit.Sealing;
using CocoonOrleans.Tokenization.Chat;
using CocoonOrleans.Tunnel.Accepting;
using CocoonOrleans.WorkerHost.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Tests.Cluster.Requests;

/// <summary>
/// A silo, a gateway and a worker with the house model, put together as their programs do it, but in this process: so that the silo's calls can be seen one by one.
/// </summary>
public sealed class OneProcessNetwork : IAsyncDisposable
{
    private const string ClusterId = "one-process";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cocoon-one-");
    private readonly Stack<IHost> _hosts = new();
    private readonly HttpClient _http = new();

    private OneProcessNetwork()
    {
    }

    public CallRecorder Calls { get; } = new();

    public VoucherSigner Vouchers { get; } = new();

    public ILedger Ledger { get; private set; } = null!;

    public IGrainFactory Grains { get; private set; } = null!;

    /// <summary>The worker's data folder.</summary>
    public string WorkerFolder => Path.Combine(_folder.FullName, "worker");

    /// <summary>Sees what goes over the tunnel, inside its TLS.</summary>
    public WireTap Tunnel { get; } = new();

    public static async Task<OneProcessNetwork> StartAsync()
    {
        var network = new OneProcessNetwork();
        try
        {
            await network.StartHostsAsync();
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }

        return network;
    }

    /// <summary>Asks, and reads the answer to its end.</summary>
    public async Task AskAsync(string question, bool stream)
    {
        using HttpResponseMessage response = await _http.PostAsJsonAsync(
            "/v1/chat/completions", new { model = "house", messages = new[] { new { role = "user", content = question } }, stream });
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, body);
        Assert.Equal(stream, body.EndsWith("data: [DONE]\n\n", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        Vouchers.Dispose();
        while (_hosts.TryPop(out IHost? host))
        {
            await host.StopAsync();
            await ((IAsyncDisposable)host).DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    private async Task StartHostsAsync()
    {
        string modelFolder = Path.Combine(Repository.Root, "models", "house");
        ModelFolder model = ModelFolder.Read(modelFolder);
        string manifest = model.Manifest.Sha256;
        (int siloPort, int clusterPort) = FreePorts.TakeTwo();

        HostApplicationBuilder silo = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = _folder.FullName, EnvironmentName = Environments.Development });
        Configure(silo, new()
        {
            ["Silo:DataFolder"] = Path.Combine(_folder.FullName, "silo"),
            ["Silo:Port"] = $"{siloPort}",
            ["Silo:GatewayPort"] = $"{clusterPort}",
            ["Ledger:AllowTreasuryTransfers"] = "true",
            ["Accounts:DevelopmentGrantNano"] = "1000000000",
            ["Catalog:Models:0:Name"] = "house",
            ["Catalog:Models:0:ManifestSha256"] = manifest,
            ["Catalog:Models:0:TokenizerSha256"] = ChatModel.Load(modelFolder).Sha256,
            ["Catalog:Models:0:ContextTokens"] = $"{model.Config.ContextTokens}",
            ["Catalog:Models:0:DefaultMaxCompletionTokens"] = "64",
            ["Catalog:Models:0:Reserve:Prompt"] = "1000000",
            ["Catalog:Models:0:Reserve:Cached"] = "1000000",
            ["Catalog:Models:0:Reserve:Completion"] = "1000000",
        });
        silo.AddSilo();
        silo.Services.AddSingleton<IIncomingGrainCallFilter>(Calls);
        silo.Services.AddSingleton<IVoucherSigner>(Vouchers);
        IHost siloHost = silo.Build();
        await StartAsync(siloHost);
        Ledger = siloHost.Services.GetRequiredService<ILedger>();
        Grains = siloHost.Services.GetRequiredService<IGrainFactory>();

        WebApplicationBuilder gatewayBuilder = Web("gateway", new()
        {
            ["Cluster:GatewayPorts:0"] = $"{clusterPort}",
            ["Gateway:Listen"] = "127.0.0.1:0",
            ["Gateway:AdminListen"] = "127.0.0.1:0",
            ["Gateway:DataFolder"] = Path.Combine(_folder.FullName, "gateway"),
            ["Tunnel:Listen"] = "127.0.0.1:0",
            ["Tunnel:IdentityFolder"] = Path.Combine(_folder.FullName, "gateway", "identity"),
            ["Tunnel:AllowAnyWorker"] = "true",
        });
        WebApplication gateway = gatewayBuilder.AddGateway().Build();
        gateway.MapGateway();
        await StartAsync(gateway);
        var tunnels = gateway.Services.GetRequiredService<WorkerTunnelListener>();

        WebApplicationBuilder workerBuilder = Web("worker", new()
        {
            ["Worker:Name"] = "desk",
            ["Worker:ProviderId"] = "anna",
            ["Worker:DataFolder"] = Path.Combine(_folder.FullName, "worker"),
            ["Worker:Gateways:0:Address"] = $"{tunnels.LocalEndPoint}",
            ["Worker:Gateways:0:Key"] = tunnels.GatewayId,
            ["Worker:Models:0:Name"] = "house",
            ["Worker:Models:0:Folder"] = modelFolder,
            ["Worker:Models:0:ManifestSha256"] = manifest,
            ["Worker:Models:0:Prices:Prompt"] = "1000000",
            ["Worker:Models:0:Prices:Cached"] = "1000000",
            ["Worker:Models:0:Prices:Completion"] = "1000000",
        });
        // First: what the worker listens at gets these defaults.
        workerBuilder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.ConfigureEndpointDefaults(Tunnel.Listen));
        WebApplication worker = workerBuilder.AddWorker().Build();
        worker.MapWorker();
        await StartAsync(worker);

        string[] addresses = [.. gateway.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];
        _http.BaseAddress = new Uri(addresses[0]);
        await Eventually.True(async () => (await _http.GetAsync("/health/ready")).IsSuccessStatusCode, "the gateway is ready");
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await CreateKeyAsync(new Uri(addresses[1])));
    }

    private async Task<string> CreateKeyAsync(Uri admin)
    {
        using var http = new HttpClient { BaseAddress = admin };
        string token = await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "gateway", "admin-token"));
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Trim());
        using HttpResponseMessage response = await http.PostAsJsonAsync("/admin/accounts", new { label = "test" });
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, body);
        using JsonDocument account = JsonDocument.Parse(body);
        return account.RootElement.GetProperty("api_key").GetString()!;
    }

    private WebApplicationBuilder Web(string name, Dictionary<string, string?> settings)
    {
        string folder = _folder.CreateSubdirectory(name).FullName;
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = folder, EnvironmentName = Environments.Development });
        Configure(builder, settings);
        return builder;
    }

    private static void Configure(IHostApplicationBuilder builder, Dictionary<string, string?> settings)
    {
        settings["Cluster:ClusterId"] = ClusterId;
        settings["Cluster:ServiceId"] = ClusterId;
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Logging.ClearProviders();
    }

    private async Task StartAsync(IHost host)
    {
        _hosts.Push(host);
        await host.StartAsync();
    }
}
