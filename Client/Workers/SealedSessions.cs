using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Sessions;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Client.Workers;

/// <summary>One session for each statement, until the statement ends. Thread-safe.</summary>
internal sealed class SealedSessions(TimeProvider time) : IDisposable
{
    private const int MostSessions = 64;

    private readonly Lock _turn = new();
    private readonly Dictionary<Digest, ClientSession> _sessions = [];

    /// <summary>The session with a worker.</summary>
    /// <param name="statement">Its verified statement.</param>
    /// <exception cref="SealingRefusedException">Nothing can be sealed to it.</exception>
    public ClientSession Of(BoundStatement statement)
    {
        lock (_turn)
        {
            if (_sessions.TryGetValue(statement.Hash, out var session))
            {
                return session;
            }

            if (!ClientSession.TryOpen(statement, time, out session, out var fault))
            {
                throw new SealingRefusedException(SealingRefusalCodes.StatementUnusable, $"Nothing can be sealed to a worker's statement: {fault}.");
            }

            foreach (var ended in _sessions.Values.Where(other => _sessions.Count >= MostSessions || other.Worker.CheckTime(time.GetUtcNow()) != SealingFault.None).ToArray())
            {
                _sessions.Remove(ended.Worker.Hash);
                ended.Dispose();
            }

            _sessions[statement.Hash] = session;
            return session;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_turn)
        {
            foreach (var session in _sessions.Values)
            {
                session.Dispose();
            }

            _sessions.Clear();
        }
    }
}
