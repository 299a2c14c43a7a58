using System.Text.Json;
using System.Text.Json.Serialization;
using CocoonOrleans.KeyBroker.Evidence;
using CocoonOrleans.KeyBroker.Releases;
using CocoonOrleans.KeyBroker.Shares;
using CocoonOrleans.Market.Hosting;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.KeyBroker.Hosting;

/// <summary>Runs the broker, and says in plain words what keeps it from starting.</summary>
internal static partial class KeyBrokerStart
{
    private const int Ok = 0;
    private const int Failed = 1;
    private const int BadSettings = 2;

    /// <returns>0 after a good stop, 1 where something is missing or broken, 2 where the settings are wrong.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            // The host's own settings are not what names the addresses.
            WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
            builder.WebHost.UseUrls();
            await using WebApplication app = builder.AddKeyBroker().Build();
            KeyBrokerOptions options = app.Services.GetRequiredService<IOptions<KeyBrokerOptions>>().Value;
            ShareFolder shares = Check(app.Services);
            app.MapKeyBroker();
            if (options.ExitWithParent)
            {
                ParentWatch.Begin(Console.OpenStandardInput(), app.Lifetime.StopApplication);
            }

            await app.StartAsync();
            var ready = new Ready("key-broker", Environment.ProcessId, app.Urls.First(), shares.Models.Count);
            await Console.Out.WriteLineAsync($"COCOON-READY {JsonSerializer.Serialize(ready, ReadyJson.Default.Ready)}");
            await app.WaitForShutdownAsync();
            return Ok;
        }
        catch (OptionsValidationException e)
        {
            foreach (string failure in e.Failures)
            {
                await Console.Error.WriteLineAsync($"key broker: {failure}");
            }

            return BadSettings;
        }
        catch (InvalidOperationException e) when (e.Source == "Microsoft.Extensions.Configuration.Binder")
        {
            await Console.Error.WriteLineAsync($"key broker: {e.Message}");
            return BadSettings;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Net.Sockets.SocketException)
        {
            await Console.Error.WriteLineAsync($"key broker: {e.Message}");
            return Failed;
        }
    }

    // What is broken is told at the start, not at the first request.
    private static ShareFolder Check(IServiceProvider services)
    {
        ShareFolder shares = services.GetRequiredService<ShareFolder>();
        services.GetRequiredService<WorkerEvidence>().CheckImages(shares.Models.Values);
        _ = services.GetRequiredService<ReleaseLog>();
        return shares;
    }

    internal sealed record Ready(string Process, int Pid, string Url, int Models);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(Ready))]
    internal sealed partial class ReadyJson : JsonSerializerContext;
}
