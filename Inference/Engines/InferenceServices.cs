using CocoonOrleans.Inference.Native;
using CocoonOrleans.Inference.Scripted;
using CocoonOrleans.Inference.Upstream;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace CocoonOrleans.Inference.Engines;

/// <summary>Adds an engine to a process. The caller binds the engine's options; here they are only validated, when the host starts.</summary>
public static class InferenceServices
{
    /// <summary>Adds the engine that computes models in this process.</summary>
    public static IServiceCollection AddNativeEngine(this IServiceCollection services)
    {
        services.AddOptions<NativeEngineOptions>().ValidateDataAnnotations().ValidateOnStart();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        return services.AddSingleton<IInferenceEngine, NativeEngine>();
    }

    /// <summary>Adds the engine that lets other servers beside this process compute models.</summary>
    public static IServiceCollection AddUpstreamEngine(this IServiceCollection services)
    {
        services.AddOptions<UpstreamEngineOptions>().ValidateDataAnnotations().ValidateOnStart();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        return services.AddSingleton<IInferenceEngine, UpstreamEngine>();
    }

    /// <summary>Adds the engine that replays a script. For tests and load: in the environment Production it refuses to start.</summary>
    public static IServiceCollection AddScriptedEngine(this IServiceCollection services)
    {
        services.AddOptions<ScriptedEngineOptions>()
            .ValidateDataAnnotations()
            .Validate<IHostEnvironment>((_, environment) => !environment.IsProduction(), ScriptedEngine.RefusedInProduction)
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        return services.AddSingleton<IInferenceEngine, ScriptedEngine>();
    }
}
