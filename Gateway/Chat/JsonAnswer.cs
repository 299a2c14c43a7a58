using System.Text;
using CocoonOrleans.Gateway.Dispatch;

namespace CocoonOrleans.Gateway.Chat;

/// <summary>Collects an answer into one document. Nothing is out before the end, so another worker can begin anew at any time.</summary>
public sealed class JsonAnswer : IAnswerSink, IDisposable
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _reasoning = new();
    private readonly List<(ToolCallDelta Begin, StringBuilder Arguments)> _calls = [];

    private readonly MemoryStream _logprobs = new();

    /// <inheritdoc/>
    public bool HasDelivered => false;

    /// <summary>The whole text.</summary>
    public string Text => _text.ToString();

    /// <summary>All that the model wrote to itself; empty where it did not.</summary>
    public string Reasoning => _reasoning.ToString();

    /// <summary>The calls, whole.</summary>
    public IEnumerable<ToolCallDelta> ToolCalls => _calls.Select(call => call.Begin with { Arguments = call.Arguments.ToString() });

    /// <summary>The items of OpenAI's <c>logprobs.content</c>; empty where there are none.</summary>
    public ReadOnlySpan<byte> Logprobs => _logprobs.GetBuffer().AsSpan(0, (int)_logprobs.Length);

    /// <inheritdoc/>
    public ValueTask DeliverAsync(ReadOnlyMemory<byte> chunk, ChunkContent content)
    {
        _text.Append(content.Text);
        _reasoning.Append(content.Reasoning);
        if (content.ToolCall is { } call)
        {
            if (call.Name is not null)
            {
                _calls.Add((call, new StringBuilder()));
            }

            _calls[^1].Arguments.Append(call.Arguments);
        }

        if (content.Logprobs is { } logprobs)
        {
            if (_logprobs.Length > 0)
            {
                _logprobs.WriteByte((byte)',');
            }

            _logprobs.Write(logprobs);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose() => _logprobs.Dispose();

    /// <inheritdoc/>
    public void Reset()
    {
        _text.Clear();
        _reasoning.Clear();
        _calls.Clear();
        _logprobs.SetLength(0);
    }
}
