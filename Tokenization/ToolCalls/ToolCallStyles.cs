namespace CocoonOrleans.Tokenization.ToolCalls;

/// <summary>Tells from a chat template how its model calls functions.</summary>
public static class ToolCallStyles
{
    /// <summary>The style of the model whose chat template this is; <see cref="ToolCallStyle.None"/> where the template doesn't show tools, or in a style that isn't known.</summary>
    public static ToolCallStyle Of(string template)
    {
        bool Has(string text) => template.Contains(text, StringComparison.Ordinal);
        return !Has("tools") ? ToolCallStyle.None
            : Has("<tool_call>") ? ToolCallStyle.Hermes
            : Has("[TOOL_CALLS]") ? ToolCallStyle.Mistral
            : Has("\"parameters\"") && Has("ipython") ? ToolCallStyle.Llama
            : ToolCallStyle.None;
    }
}
