using CocoonOrleans.Tokenization.ToolCalls;

namespace CocoonOrleans.Gateway.Dispatch;

/// <summary>What one chunk says.</summary>
/// <param name="HasRole">Whether it is the first one, with <c>delta.role</c>.</param>
/// <param name="Text">Its piece of the answer; empty where it has none.</param>
/// <param name="FinishReason">Why the answer ended: stop, length or tool_calls; null where it goes on.</param>
public readonly record struct ChunkContent(bool HasRole, string Text, string? FinishReason)
{
    /// <summary>Which of the answers it belongs to, from 0 up.</summary>
    public int Choice { get; init; }

    /// <summary>Its piece of what the model wrote to itself; null where it has none.</summary>
    public string? Reasoning { get; init; }

    /// <summary>Its piece of a call; null where it has none.</summary>
    public ToolCallDelta? ToolCall { get; init; }

    /// <summary>The log-probabilities of its tokens, the items of OpenAI's <c>logprobs.content</c> as the worker wrote them; null where it has none.</summary>
    public byte[]? Logprobs { get; init; }

    /// <summary>Whether it says nothing but the role.</summary>
    public bool IsRoleAlone => Text.Length == 0 && FinishReason is null && Reasoning is null && ToolCall is null && Logprobs is null;

    /// <summary>All that the model wrote for it, as well as that can be told from here, to count its tokens.</summary>
    /// <param name="forced">The call that the request forces: where it can be of one function only, its name stands in the prompt. Null where it forces none.</param>
    public string WrittenBy(ForcedCall? forced) => ToolCall is not { } call ? Reasoning ?? Text : forced?.Name is null ? call.Name + call.Arguments : call.Arguments;
}
