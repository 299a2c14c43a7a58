namespace CocoonOrleans.Tokenization.ToolCalls;

/// <summary>How a family of models writes the calls of functions into its text.</summary>
public enum ToolCallStyle
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>Each call as JSON with <c>name</c> and <c>arguments</c> between <c>&lt;tool_call&gt;</c> and <c>&lt;/tool_call&gt;</c>: Hermes, Qwen 2.5 and 3.</summary>
    Hermes,

    /// <summary>The whole answer is JSON with <c>name</c> and <c>parameters</c>, several calls apart by semicolons: Llama 3.1 and later.</summary>
    Llama,

    /// <summary><c>[TOOL_CALLS]</c>, then an array of JSON with <c>name</c> and <c>arguments</c>, or for each call its name and its arguments: Mistral.</summary>
    Mistral,
}
