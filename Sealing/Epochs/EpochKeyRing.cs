using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Sealing.Epochs;

/// <summary>
/// The keys to which a worker's clients seal: new ones every <see cref="Length"/>, in memory only, zeroed <see cref="KeyLife"/> after they were made, by a timer
/// of its own, so that nothing depends on requests coming in or the next epoch beginning (docs/protocol.md, section 4). Thread-safe.
/// </summary>
public sealed class EpochKeyRing : IDisposable
{
    /// <summary>How long an epoch's keys are given out.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromMinutes(10);

    /// <summary>How long they live: what was sealed to them in their last moment is still opened.</summary>
    public static readonly TimeSpan KeyLife = 2 * Length;

    // The newest and the one before it; more only where epochs are begun early, for instance because the models changed.
    private const int MostEpochs = 4;

    private readonly Lock _turn = new();
    private readonly TimeProvider _time;
    private readonly EpochLimits _limits;
    private readonly List<(EpochKeys Keys, long Made, ITimer End)> _epochs = [];
    private uint _next;
    private bool _disposed;

    /// <summary>Makes a ring without keys: <see cref="Begin"/> makes the first.</summary>
    /// <param name="time">The clock. Lives are measured by its timestamps: setting the machine's clock back does not lengthen them.</param>
    /// <param name="limits">How much is kept for each epoch.</param>
    public EpochKeyRing(TimeProvider time, EpochLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        _limits = limits ?? new EpochLimits();
        ArgumentOutOfRangeException.ThrowIfLessThan(_limits.Requests, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(_limits.Sessions, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(_limits.Statements, 1);
    }

    /// <summary>Begins an epoch: makes its keys. Statements with them can then be made and handed to <see cref="TryAddress"/>.</summary>
    /// <exception cref="ObjectDisposedException">The ring is gone.</exception>
    public Epoch Begin()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(_time.GetUtcNow().ToUnixTimeSeconds());
        lock (_turn)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var keys = EpochKeys.Create(_next, now, _limits);
            _next++;
            _epochs.Add((keys, _time.GetTimestamp(), _time.CreateTimer(_ => DropDead(), null, KeyLife, Timeout.InfiniteTimeSpan)));
            if (_epochs.Count > MostEpochs)
            {
                Drop(0);
            }

            return keys.Epoch;
        }
    }

    /// <summary>Takes requests that are addressed to a statement: the epoch's own, or a fresh one with clients' nonces.</summary>
    /// <param name="statement">A worker's; has the epoch's number and keys, all or some of them, and ends with them at the latest.</param>
    /// <returns>False where the keys are gone, are not the statement's, or are addressed by as many statements as may be.</returns>
    public bool TryAddress(BoundStatement statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        if (statement.Statement.Role != StatementRole.Worker)
        {
            return false;
        }

        foreach (var keys in Alive())
        {
            if (keys.Epoch.Number == statement.Statement.Epoch)
            {
                return statement.Statement.Expires <= keys.Epoch.Begins + KeyLife && HasKeys(statement.Statement, keys.Epoch) && keys.TryAddress(statement);
            }
        }

        return false;
    }

    /// <summary>Finds the keys behind a statement.</summary>
    internal (EpochKeys Keys, BoundStatement Statement)? Find(Digest statementHash)
    {
        foreach (var keys in Alive())
        {
            if (keys.Find(statementHash) is { } statement)
            {
                return (keys, statement);
            }
        }

        return null;
    }

    /// <summary>Zeroes all keys.</summary>
    public void Dispose()
    {
        lock (_turn)
        {
            _disposed = true;
            while (_epochs.Count > 0)
            {
                Drop(0);
            }
        }
    }

    private static bool HasKeys(Statement statement, Epoch epoch) =>
        statement.Keys.All(key => epoch.Keys.Any(own => own.Suite == key.Suite && own.PublicKey.Span.SequenceEqual(key.PublicKey.Span)));

    private EpochKeys[] Alive()
    {
        lock (_turn)
        {
            DropDead();
            return [.. _epochs.Select(epoch => epoch.Keys)];
        }
    }

    private void DropDead()
    {
        lock (_turn)
        {
            for (var i = _epochs.Count - 1; i >= 0; i--)
            {
                if (_time.GetElapsedTime(_epochs[i].Made) >= KeyLife)
                {
                    Drop(i);
                }
            }
        }
    }

    private void Drop(int index)
    {
        _epochs[index].End.Dispose();
        _epochs[index].Keys.Dispose();
        _epochs.RemoveAt(index);
    }
}
