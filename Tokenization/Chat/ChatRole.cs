namespace CocoonOrleans.Tokenization.Chat;

/// <summary>Who speaks in a message of a chat.</summary>
public enum ChatRole
{
    /// <summary>The maker of the app: standing instructions.</summary>
    System,

    /// <summary>The same as <see cref="System"/> by its newer name.</summary>
    Developer,

    /// <summary>The person who asks.</summary>
    User,

    /// <summary>The model.</summary>
    Assistant,

    /// <summary>A tool that the model called.</summary>
    Tool,
}
