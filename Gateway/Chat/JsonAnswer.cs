using System.Text;
using CocoonOrleans.Gateway.Dispatch;

namespace CocoonOrleans.Gateway.Chat;

/// <summary>Collects an answer into one document. Nothing is out before the end, so another worker can begin anew at any time.</summary>
public sealed class JsonAnswer : IAnswerSink
{
    private readonly StringBuilder _text = new();

    /// <inheritdoc/>
    public bool HasDelivered => false;

    /// <summary>The whole text.</summary>
    public string Text => _text.ToString();

    /// <inheritdoc/>
    public ValueTask DeliverAsync(ReadOnlyMemory<byte> chunk, ChunkContent content)
    {
        _text.Append(content.Text);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void Reset() => _text.Clear();
}
