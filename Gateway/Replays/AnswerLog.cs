using CocoonOrleans.Gateway.Chat;

namespace CocoonOrleans.Gateway.Replays;

/// <summary>
/// An answer piece by piece as its first client gets it, for others who come for the same one: a stream's events, or one document. A piece's number is what its event has as <c>id</c>.
/// Thread-safe.
/// </summary>
/// <param name="requestSha256">SHA-256 of the request's body.</param>
/// <param name="isStream">Whether it is a stream.</param>
public sealed class AnswerLog(byte[] requestSha256, bool isStream)
{
    private readonly Lock _lock = new();
    private readonly List<byte[]> _pieces = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private AnswerLogEnd _end;
    private ClientPresence? _presence;

    /// <summary>Whether it is a stream.</summary>
    public bool IsStream => isStream;

    /// <summary>SHA-256 of the request's body.</summary>
    public byte[] RequestSha256 => requestSha256;

    /// <summary>Whether its pieces are noted at all: there are answers that only their first client gets.</summary>
    public bool IsAttended
    {
        get
        {
            lock (_lock)
            {
                return _presence is not null;
            }
        }
    }

    /// <summary>Whether nobody is there any more whom the answer reaches.</summary>
    public bool IsDeserted
    {
        get
        {
            lock (_lock)
            {
                return _presence?.IsDeserted ?? false;
            }
        }
    }

    /// <summary>Adds a piece.</summary>
    /// <param name="piece">One line: an event's data, or the document.</param>
    /// <returns>Its number, from 0 up.</returns>
    public int Append(ReadOnlySpan<byte> piece)
    {
        lock (_lock)
        {
            _pieces.Add(piece.ToArray());
            Signal();
            return _pieces.Count - 1;
        }
    }

    /// <summary>Says that no more will come.</summary>
    public void End(AnswerLogEnd end)
    {
        lock (_lock)
        {
            _end = end;
            Signal();
        }
    }

    /// <summary>What is there from a number on, and what completes when there is more.</summary>
    /// <param name="from">The first number.</param>
    public (IReadOnlyList<byte[]> Pieces, AnswerLogEnd End, Task Changed) Read(int from)
    {
        lock (_lock)
        {
            return (from < _pieces.Count ? _pieces.GetRange(from, _pieces.Count - from) : [], _end, _changed.Task);
        }
    }

    /// <summary>Names whom the work goes on for: whoever reads along counts as there.</summary>
    public void Attend(ClientPresence presence)
    {
        lock (_lock)
        {
            _presence = presence;
        }
    }

    /// <summary>Reads along, so that the work goes on though its first client is gone.</summary>
    /// <returns>Ends that.</returns>
    public IDisposable ReadAlong()
    {
        ClientPresence? presence;
        lock (_lock)
        {
            presence = _presence;
        }

        presence?.Return();
        return new Reader(presence);
    }

    private void Signal()
    {
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Reader(ClientPresence? presence) : IDisposable
    {
        public void Dispose() => presence?.Leave();
    }
}
