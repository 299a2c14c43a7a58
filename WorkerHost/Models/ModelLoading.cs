using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.WorkerHost.Hosting;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.WorkerHost.Models;

/// <summary>Loads the models when the worker starts. It is a service that starts before the server does, so no gateway is dialled with half of them.</summary>
public sealed partial class ModelLoading(IInferenceEngine engine, ServedModels models, IOptions<WorkerOptions> options, TimeProvider time, ILogger<ModelLoading> logger) : IHostedService
{
    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var served = new List<ServedModel>();
        foreach (ModelOptions model in options.Value.Models)
        {
            served.Add(await LoadAsync(model, cancellationToken));
        }

        models.Open(served);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<ServedModel> LoadAsync(ModelOptions model, CancellationToken cancellationToken)
    {
        LogLoading(model.Name, model.Folder);
        var progress = new LoadProgressLog(model.Name, Console.Out, time, logger);
        LoadedModel loaded = await engine.LoadAsync(new ModelReference(model.Name, model.Folder, model.ManifestSha256) { Upstream = model.Upstream }, progress, cancellationToken);
        var chat = ModelFolder.ReadChat(model.Folder);
        int slots = engine.Capabilities.SlotsPerModel;
        LogLoaded(loaded.Id, loaded.Parameters, loaded.ContextTokens, slots);
        return new ServedModel(loaded, chat, model.Prices.ToOffer(), slots);
    }
}
