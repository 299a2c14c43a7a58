using CocoonOrleans.Ledger.Sql;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace CocoonOrleans.Silo.Storage;

/// <summary>
/// Grain state in SQLite. A write is durable when it returns. Every write gives the state a fresh random ETag, so that a tag is never good again once its
/// state was changed or cleared; a write or clear with any other tag than the stored one is refused (<see cref="InconsistentStateException"/>).
/// </summary>
internal sealed class SqliteGrainStorage(
    string name,
    SqliteStorage storage,
    IGrainStorageSerializer serializer,
    IActivatorProvider activators,
    IOptions<ClusterOptions> cluster) : IGrainStorage
{
    /// <inheritdoc/>
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ReadStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc/>
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        SqliteStateKey key = Key(stateName, grainId);
        List<(string Tag, byte[] Data)> rows = await storage.ReadAsync(
            "SELECT etag, data FROM grain_state WHERE service_id = $service AND storage = $storage AND state_name = $state AND grain_id = $grain",
            row => (row.GetString(0), row.GetFieldValue<byte[]>(1)),
            cancellationToken,
            ("$service", key.Service),
            ("$storage", key.Storage),
            ("$state", key.State),
            ("$grain", key.Grain));
        if (rows is [var (tag, data)])
        {
            grainState.State = serializer.Deserialize<T>(new BinaryData(data));
            grainState.ETag = tag;
            grainState.RecordExists = true;
        }
        else
        {
            SetAbsent(grainState);
        }
    }

    /// <inheritdoc/>
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        WriteStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc/>
    /// <exception cref="InconsistentStateException">Another activation wrote in between.</exception>
    /// <exception cref="CommitException">The disk or the lock failed; whether the state was written is unknown.</exception>
    /// <exception cref="InvalidOperationException">The state is larger than the storage takes.</exception>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        SqliteStateKey key = Key(stateName, grainId);
        byte[] data = serializer.Serialize(grainState.State).ToArray();
        if (data.Length > storage.MaxStateBytes)
        {
            throw new InvalidOperationException(
                $"The state '{stateName}' of {grainId} has {data.Length} bytes; the storage '{name}' takes {storage.MaxStateBytes}.");
        }

        string? expected = grainState.ETag;
        string tag = Guid.NewGuid().ToString("N");
        (bool written, string? stored) = await storage.WriteAsync(
            session => session.TryWrite(key, expected, tag, data) ? (true, tag) : (false, session.ReadTag(key)), cancellationToken);
        Require(written, key, stored, expected);
        grainState.ETag = tag;
        grainState.RecordExists = true;
    }

    /// <inheritdoc/>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ClearStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc/>
    /// <exception cref="InconsistentStateException">Another activation wrote in between.</exception>
    /// <exception cref="CommitException">The disk or the lock failed; whether the state was cleared is unknown.</exception>
    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        SqliteStateKey key = Key(stateName, grainId);
        string? expected = grainState.ETag;
        (bool cleared, string? stored) = await storage.WriteAsync(
            session => session.TryClear(key, expected) ? (true, null) : (false, session.ReadTag(key)), cancellationToken);
        Require(cleared, key, stored, expected);
        SetAbsent(grainState);
    }

    private static void Require(bool done, SqliteStateKey key, string? stored, string? expected)
    {
        if (!done)
        {
            throw new InconsistentStateException(
                $"The state '{key.State}' of {key.Grain} was changed by another activation.", stored ?? "none", expected ?? "none");
        }
    }

    private SqliteStateKey Key(string stateName, GrainId grainId) => new(cluster.Value.ServiceId, name, stateName, grainId.ToString());

    private void SetAbsent<T>(IGrainState<T> grainState)
    {
        grainState.State = activators.GetActivator<T>().Create();
        grainState.ETag = null!;
        grainState.RecordExists = false;
    }
}
