using System.Text;
using CocoonOrleans.Gateway.Dispatch;

namespace CocoonOrleans.Gateway.Chat;

/// <summary>One answer, collected.</summary>
public sealed class CollectedChoice : IDisposable
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _reasoning = new();
    private readonly List<(ToolCallDelta Begin, StringBuilder Arguments)> _calls = [];
    private readonly MemoryStream _logprobs = new();

    /// <summary>The whole text.</summary>
    public string Text => _text.ToString();

    /// <summary>All that the model wrote to itself; empty where it did not.</summary>
    public string Reasoning => _reasoning.ToString();

    /// <summary>The calls, whole.</summary>
    public IEnumerable<ToolCallDelta> ToolCalls => _calls.Select(call => call.Begin with { Arguments = call.Arguments.ToString() });

    /// <summary>The items of OpenAI's <c>logprobs.content</c>; empty where there are none.</summary>
    public ReadOnlySpan<byte> Logprobs => _logprobs.GetBuffer().AsSpan(0, (int)_logprobs.Length);

    /// <summary>Why it ended; null while it goes on.</summary>
    public string? FinishReason { get; private set; }

    /// <summary>Adds what its next chunk says.</summary>
    public void Add(ChunkContent content)
    {
        _text.Append(content.Text);
        _reasoning.Append(content.Reasoning);
        FinishReason = content.FinishReason;
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
    }

    /// <inheritdoc/>
    public void Dispose() => _logprobs.Dispose();
}
