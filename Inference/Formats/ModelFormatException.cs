namespace CocoonOrleans.Inference.Formats;

/// <summary>A model's files can't be used. The message names the file, the field and what is wrong with it.</summary>
public sealed class ModelFormatException(string file, string field, string reason, Exception? inner = null)
    : Exception($"{file}: {field}: {reason}", inner)
{
    /// <summary>The file's name inside the model's folder.</summary>
    public string File { get; } = file;

    /// <summary>The field, tensor or part of the file.</summary>
    public string Field { get; } = field;
}
