using CocoonOrleans.Cli.Network;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Scripted;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CocoonOrleans.Cli.Benchmarks.Faults;

/// <summary>Workers whose engine repeats a text: what is measured is the cluster, and no model's arithmetic.</summary>
internal static class ScriptedWorkers
{
    private static readonly string[] Settings =
    [
        "--Worker:Engine=Scripted",
        "--Worker:Scripted:ContextTokens=512",
        "--Worker:Scripted:Rules:0:WhenPromptContains=",
        "--Worker:Scripted:Rules:0:Answer=A plain answer of some words, as it is.",
        "--Worker:Scripted:Rules:0:Behaviour=Answer",
    ];

    /// <summary>Puts them into all workers of a network.</summary>
    public static async Task<LocalNetworkOptions> InAllAsync(LocalNetworkOptions options, CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new() { EnvironmentName = Environments.Development });
        builder.Configuration.AddCommandLine(Settings);
        builder.Services.AddScriptedEngine();
        builder.Services.AddOptions<ScriptedEngineOptions>().BindConfiguration("Worker:Scripted");
        builder.Services.AddSingleton(TimeProvider.System);
        using var host = builder.Build();
        var model = await host.Services.GetRequiredService<IInferenceEngine>().LoadAsync(new ModelReference(options.ModelName, options.ModelFolder, null), progress: null, cancellationToken);
        return options with
        {
            SiloSettings = [.. options.SiloSettings, $"--Catalog:Models:0:ManifestSha256={model.ManifestSha256}"],
            WorkerSettings = Enumerable.Range(0, options.Workers).ToDictionary(
                worker => worker, _ => (IReadOnlyList<string>)[.. Settings, $"--Worker:Models:0:ManifestSha256={model.ManifestSha256}"]),
        };
    }
}
