namespace CocoonOrleans.Tokenization.Tokenizers;

/// <summary>A model's tokenizer file can't be used. The message names the file, the field and the reason; it holds no user's text.</summary>
/// <param name="file">Name of the file, such as <c>tokenizer.json</c>.</param>
/// <param name="field">Path of the field inside the file, such as <c>model.merges[17]</c>; empty for the file as a whole.</param>
/// <param name="reason">What is wrong with it, as a sentence without full stop.</param>
public sealed class TokenizerFormatException(string file, string field, string reason)
    : Exception(field.Length == 0 ? $"{file}: {reason}." : $"{file}: {field}: {reason}.")
{
    /// <summary>Name of the file, such as <c>tokenizer.json</c>.</summary>
    public string File { get; } = file;

    /// <summary>Path of the field inside the file; empty for the file as a whole.</summary>
    public string Field { get; } = field;
}
