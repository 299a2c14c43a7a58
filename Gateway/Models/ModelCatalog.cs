using System.Collections.Frozen;
using CocoonOrleans.Grains.Models;

namespace CocoonOrleans.Gateway.Models;

/// <summary>The models of the network as the gateway last heard of them.</summary>
public sealed class ModelCatalog(TimeProvider time)
{
    /// <summary>After this a snapshot counts as old: the gateway says that it is not ready.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Snapshot? _snapshot;

    /// <summary>Completes when the catalogue has been read for the first time.</summary>
    public Task Loaded => _first.Task;

    /// <summary>All models by name; empty until the first reading.</summary>
    public IReadOnlyDictionary<string, CatalogModel> Models => _snapshot?.Models ?? FrozenDictionary<string, CatalogModel>.Empty;

    /// <summary>How old the snapshot is; null before the first one.</summary>
    public TimeSpan? Age => _snapshot is { } snapshot ? time.GetElapsedTime(snapshot.Since) : null;

    /// <summary>The model with this public name; null where there is none.</summary>
    public CatalogModel? Find(string name) => Models.GetValueOrDefault(name);

    /// <summary>Takes a new reading.</summary>
    public void Update(IReadOnlyList<CatalogModel> models)
    {
        ArgumentNullException.ThrowIfNull(models);
        _snapshot = new Snapshot(models.ToFrozenDictionary(static model => model.Name, StringComparer.Ordinal), time.GetTimestamp());
        _first.TrySetResult();
    }

    private sealed record Snapshot(FrozenDictionary<string, CatalogModel> Models, long Since);
}
