using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Sealing.Models;
using CocoonOrleans.WorkerHost.Hosting;
using CocoonOrleans.WorkerHost.Keys;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.WorkerHost.Models;

/// <summary>Loads the models when the worker starts. It is a service that starts before the server does, so no gateway is dialled with half of them.</summary>
public sealed partial class ModelLoading(
    IInferenceEngine engine, ServedModels models, ModelKeyRelease keys, IOptions<WorkerOptions> options, TimeProvider time, ILogger<ModelLoading> logger) : IHostedService
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
        using EncryptedModelFiles? encrypted = await OpenAsync(model, progress, cancellationToken);
        IModelFiles files = encrypted is null ? new PlainModelFiles(model.Folder) : encrypted;
        LoadedModel loaded = await engine.LoadAsync(new ModelReference(model.Name, model.Folder, model.ManifestSha256) { Files = files, Upstream = model.Upstream }, progress, cancellationToken);
        int slots = engine.Capabilities.SlotsPerModel;
        LogLoaded(loaded.Id, loaded.Parameters, loaded.ContextTokens, slots);
        return new ServedModel(loaded, model.Prices.ToOffer(), slots);
    }

    /// <returns>Null where the folder is not encrypted.</returns>
    private async Task<EncryptedModelFiles?> OpenAsync(ModelOptions model, LoadProgressLog progress, CancellationToken cancellationToken)
    {
        if (EncryptedModelFiles.FindManifest(model.Folder) is not { } manifest)
        {
            return null;
        }

        if (engine.Capabilities.Kind != EngineKind.Native)
        {
            throw new ModelFormatException(EncryptedModelManifest.FileName, "engine", "an encrypted model is read by the engine native alone: set Worker:Engine");
        }

        progress.Report(new LoadProgress(LoadStage.Unlocking, 0, 0));
        return new EncryptedModelFiles(model.Folder, manifest, await keys.AskAsync(model.Name, manifest, model.Brokers.Count == 0 ? null : model.Brokers, cancellationToken));
    }
}
