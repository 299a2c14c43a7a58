using System.Collections.Frozen;

namespace CocoonOrleans.WorkerHost.Models;

/// <summary>The models that this worker serves; filled before the first gateway is dialled.</summary>
public sealed class ServedModels
{
    private FrozenDictionary<string, ServedModel> _byName = FrozenDictionary<string, ServedModel>.Empty;

    /// <summary>All of them.</summary>
    public IReadOnlyList<ServedModel> All { get; private set; } = [];

    /// <summary>The model of a name; null where it is not served.</summary>
    public ServedModel? Find(string name) => _byName.GetValueOrDefault(name);

    internal void Open(IReadOnlyList<ServedModel> models)
    {
        All = models;
        _byName = models.ToFrozenDictionary(model => model.Name, StringComparer.Ordinal);
    }
}
