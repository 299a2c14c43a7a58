using CocoonOrleans.Sealing.Hpke;
using CocoonOrleans.Sealing.Sessions;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Sealing.Epochs;

/// <summary>The keys of one epoch with all that hangs on them: the statements under which they are addressed, sessions, and what was seen. Thread-safe.</summary>
internal sealed class EpochKeys : IDisposable
{
    private static readonly SealingSuite[] Suites = [SealingSuite.P256, SealingSuite.X25519];

    private readonly Dictionary<SealingSuite, KemPrivateKey> _keys;
    private readonly Dictionary<Digest, BoundStatement> _statements = [];
    private readonly int _statementLimit;

    /// <param name="epoch">What is published of it.</param>
    /// <param name="keys">The private keys.</param>
    /// <param name="limits">How much is kept.</param>
    private EpochKeys(Epoch epoch, Dictionary<SealingSuite, KemPrivateKey> keys, EpochLimits limits)
    {
        Epoch = epoch;
        _keys = keys;
        _statementLimit = limits.Statements;
        Seen = new ReplayMemory(limits.Requests);
        Sessions = new SessionTable(limits.Sessions);
    }

    /// <summary>What is published of it.</summary>
    public Epoch Epoch { get; }

    /// <summary>The requests that were opened.</summary>
    public ReplayMemory Seen { get; }

    /// <summary>The sessions.</summary>
    public SessionTable Sessions { get; }

    /// <summary>Makes the keys of an epoch.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="begins">When it begins.</param>
    /// <param name="limits">How much is kept.</param>
    public static EpochKeys Create(uint number, DateTimeOffset begins, EpochLimits limits)
    {
        var keys = Suites.ToDictionary(suite => suite, suite => HpkeSuite.Of(suite)!.Kem.Generate());
        var epoch = new Epoch(number, begins, [.. Suites.Select(suite => new SuiteKey(suite, keys[suite].PublicKey.ToArray()))]);
        return new EpochKeys(epoch, keys, limits);
    }

    /// <summary>Takes requests that are addressed to a statement.</summary>
    /// <returns>False where there are too many.</returns>
    public bool TryAddress(BoundStatement statement)
    {
        lock (_statements)
        {
            return _statements.ContainsKey(statement.Hash) || (_statements.Count < _statementLimit && _statements.TryAdd(statement.Hash, statement));
        }
    }

    /// <summary>The statement of a hash.</summary>
    public BoundStatement? Find(Digest statementHash)
    {
        lock (_statements)
        {
            return _statements.GetValueOrDefault(statementHash);
        }
    }

    /// <summary>The private key of a suite.</summary>
    public KemPrivateKey? KeyOf(SealingSuite suite) => _keys.GetValueOrDefault(suite);

    /// <summary>Zeroes the keys and ends the sessions. A request that is being opened either has its secret already or is refused.</summary>
    public void Dispose()
    {
        foreach (var key in _keys.Values)
        {
            key.Dispose();
        }

        Sessions.Dispose();
        lock (_statements)
        {
            _statements.Clear();
        }
    }
}
