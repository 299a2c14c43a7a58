using System.Text.Json;
using System.Text.Json.Serialization;
using CocoonOrleans.Attestation.Simulated.Collaterals;
using CocoonOrleans.Attestation.Simulated.Worlds;
using CocoonOrleans.Market.Hosting;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Attestation.Simulated.Hosting;

/// <summary>Runs the simulated issuer, and says in plain words what keeps it from starting.</summary>
internal static partial class SimulatedStart
{
    private const int Ok = 0;
    private const int Failed = 1;
    private const int BadSettings = 2;

    /// <returns>0 after a good stop, 1 where the socket can't be served, 2 where the settings are wrong or this is production.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            // The host's own settings are not what names the addresses: one socket, and nothing on the network.
            var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
            builder.WebHost.UseUrls();
            if (ProductionGuard.Refusal(builder.Environment.EnvironmentName, Environment.GetEnvironmentVariable) is { } refusal)
            {
                await Console.Error.WriteLineAsync($"simulated issuer: {refusal}");
                return BadSettings;
            }

            await using var app = builder.AddSimulatedIssuer().Build();
            app.MapSimulatedIssuer();
            var options = app.Services.GetRequiredService<IOptions<SimulatedOptions>>().Value;
            if (options.ExitWithParent)
            {
                ParentWatch.Begin(Console.OpenStandardInput(), app.Lifetime.StopApplication);
            }

            await app.StartAsync();
            await Console.Out.WriteLineAsync($"SIMULATED - NOT CONFIDENTIAL: quotes at {Path.GetFullPath(options.Socket)}");
            await Console.Out.WriteLineAsync($"COCOON-READY {JsonSerializer.Serialize(ReadyOf(app.Services), ReadyJson.Default.Ready)}");
            await app.WaitForShutdownAsync();
            return Ok;
        }
        catch (OptionsValidationException e)
        {
            foreach (var failure in e.Failures)
            {
                await Console.Error.WriteLineAsync($"simulated issuer: {failure}");
            }

            return BadSettings;
        }
        catch (InvalidOperationException e) when (e.Source == "Microsoft.Extensions.Configuration.Binder")
        {
            await Console.Error.WriteLineAsync($"simulated issuer: {e.Message}");
            return BadSettings;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Net.Sockets.SocketException or ArgumentException)
        {
            await Console.Error.WriteLineAsync($"simulated issuer: it can't serve its socket ({e.Message})");
            return Failed;
        }
    }

    // For the program that started it: what a gateway must be told to believe its quotes, and the image that they measure.
    private static Ready ReadyOf(IServiceProvider services) => new("simulated-issuer", Environment.ProcessId, SimulatedAnchor.Of(services.GetRequiredService<SimulatedWorld>()), SimulatedImage.Manifest.Encode(), PlatformConditions.BootOf(services.GetRequiredService<IOptions<SimulatedOptions>>().Value).Log);

    internal sealed record Ready(string Process, int Pid, SimulatedAnchor Anchor, byte[] Image, byte[] BootLog);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(Ready))]
    internal sealed partial class ReadyJson : JsonSerializerContext;
}
