using System.Text.Json;

namespace CocoonOrleans.Tokenization.Templates;

/// <summary>What a chat template is rendered with, as JSON, in the names that Hugging Face's transformers use.</summary>
public sealed record ChatTemplateInput
{
    /// <summary>
    /// The template's <c>messages</c>: objects with <c>role</c> and <c>content</c> (a text, null or a list of parts), and where the template knows them <c>name</c>,
    /// <c>tool_calls</c> (their <c>arguments</c> as an object, which most templates want, or as a text), <c>tool_call_id</c> and <c>reasoning_content</c>.
    /// </summary>
    public required IReadOnlyList<JsonElement> Messages { get; init; }

    /// <summary>The template's <c>tools</c>, as OpenAI's API has them; null for none.</summary>
    public IReadOnlyList<JsonElement>? Tools { get; init; }

    /// <summary>More variables by name, such as <c>documents</c> or <c>enable_thinking</c>. The other members of this record go before them.</summary>
    public IReadOnlyDictionary<string, JsonElement> Variables { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>Whether to end with what begins the assistant's answer.</summary>
    public bool AddGenerationPrompt { get; init; }

    /// <summary>The template's <c>bos_token</c>; null where the model has none.</summary>
    public string? BeginOfText { get; init; }

    /// <summary>The template's <c>eos_token</c>; null where the model has none.</summary>
    public string? EndOfText { get; init; }
}
