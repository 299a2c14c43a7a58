using System.Text.Json;
using System.Text.Json.Serialization;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Tunnel.Dialing;
using CocoonOrleans.Tunnel.Trust;
using CocoonOrleans.WorkerHost.Models;
using CocoonOrleans.WorkerHost.Registration;

namespace CocoonOrleans.WorkerHost.Hosting;

/// <summary>
/// Says on standard output, for the program that started the worker, that the first gateway has admitted it: <c>COCOON-READY</c> and JSON in one line. All
/// else that the worker says goes to standard error.
/// </summary>
internal sealed partial class ReadyAnnouncement(
    GatewayLinks links, TunnelIdentity identity, DialingOptions dialing, ServedModels models, IInferenceEngine engine, ILogger<ReadyAnnouncement> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        LogIdentity(identity.Id);
        GatewayLink link = await links.WaitForAdmissionAsync(stoppingToken);
        LogAdmitted(link.EndPoint, link.Epoch);
        var ready = new Ready(
            "worker",
            Environment.ProcessId,
            identity.Id,
            dialing.BootId,
            link.EndPoint.ToString(),
            link.Epoch ?? 0,
            engine.Capabilities.Kind.ToWireName(),
            [.. models.All.Select(model => model.Loaded.Id)]);
        await Console.Out.WriteLineAsync($"COCOON-READY {JsonSerializer.Serialize(ready, ReadyJson.Default.Ready)}");
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "This worker's key is {WorkerId}; a gateway must allow it")]
    private partial void LogIdentity(string workerId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Admitted by gateway {Gateway}, epoch {Epoch}: jobs may come")]
    private partial void LogAdmitted(GatewayEndPoint gateway, long? epoch);

    internal sealed record Ready(string Process, int Pid, string WorkerId, string BootId, string Gateway, long Epoch, string Engine, IReadOnlyList<string> Models);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(Ready))]
    internal sealed partial class ReadyJson : JsonSerializerContext;
}
