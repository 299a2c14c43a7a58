using System.Text.Json;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Tunnel.Dialing;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.WorkerHost.Hosting;
using CocoonOrleans.WorkerHost.Models;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.WorkerHost.Registration;

/// <summary>Where gateways learn what this worker offers, and fetch the tokenizers that they count prompts with.</summary>
internal static class RegistrationEndpoints
{
    public static void MapRegistration(this IEndpointRouteBuilder endpoints)
    {
        IServiceProvider services = endpoints.ServiceProvider;
        var models = services.GetRequiredService<ServedModels>();
        endpoints.MapGet(TunnelRoutes.Registration, (RequestDelegate)(context =>
            JsonSerializer.SerializeAsync(context.Response.Body, Describe(services, models), TunnelJson.Default.WorkerRegistration, context.RequestAborted)));
        endpoints.MapGet(TunnelRoutes.Tokenizers + "{sha256}", (RequestDelegate)(context => WriteTokenizerAsync(context, models)));
    }

    private static WorkerRegistration Describe(IServiceProvider services, ServedModels models)
    {
        WorkerOptions options = services.GetRequiredService<IOptions<WorkerOptions>>().Value;
        EngineCapabilities engine = services.GetRequiredService<IInferenceEngine>().Capabilities;
        return new WorkerRegistration(
            options.Name,
            options.ProviderId,
            new EngineDescription(engine.Kind.ToWireName(), engine.Version),
            services.GetRequiredService<DialingOptions>().BootId,
            [.. models.All.Select(model => model.ToOffer())],
            options.ProviderPass);
    }

    private static Task WriteTokenizerAsync(HttpContext context, ServedModels models)
    {
        string? sha256 = (string?)context.Request.RouteValues["sha256"];
        if (models.All.FirstOrDefault(model => model.Chat.Sha256 == sha256) is { } model)
        {
            return JsonSerializer.SerializeAsync(context.Response.Body, model.Files, TunnelJson.Default.TokenizerFiles, context.RequestAborted);
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
