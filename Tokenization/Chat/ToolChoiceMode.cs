namespace CocoonOrleans.Tokenization.Chat;

/// <summary>Who decides whether the model calls a function.</summary>
public enum ToolChoiceMode
{
    /// <summary>No function is called, and the model isn't told of any.</summary>
    None,

    /// <summary>The model decides.</summary>
    Auto,

    /// <summary>The model has to call one.</summary>
    Required,
}
