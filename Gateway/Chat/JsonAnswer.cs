using CocoonOrleans.Gateway.Dispatch;

namespace CocoonOrleans.Gateway.Chat;

/// <summary>Collects an answer, or several, into one document. Nothing is out before the end, so another worker can begin anew at any time.</summary>
public sealed class JsonAnswer : IAnswerSink, IDisposable
{
    private readonly CollectedChoice[] _choices;

    /// <summary>Collects nothing yet.</summary>
    /// <param name="choices">How many answers will come.</param>
    public JsonAnswer(int choices = 1)
    {
        _choices = new CollectedChoice[choices];
        Reset();
    }

    /// <inheritdoc/>
    public bool HasDelivered => false;

    /// <summary>The answers, by their index.</summary>
    public IReadOnlyList<CollectedChoice> Choices => _choices;

    /// <inheritdoc/>
    public ValueTask DeliverAsync(ReadOnlyMemory<byte> chunk, ChunkContent content)
    {
        _choices[content.Choice].Add(content);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (CollectedChoice choice in _choices)
        {
            choice.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Reset()
    {
        for (int i = 0; i < _choices.Length; i++)
        {
            _choices[i]?.Dispose();
            _choices[i] = new CollectedChoice();
        }
    }
}
