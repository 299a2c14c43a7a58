namespace CocoonOrleans.Inference.Formats;

/// <summary>
/// A model's files can't be used. The message names the file, the field and what is wrong with it; since names and values come from the files, it is
/// cut to a readable length and holds no control characters.
/// </summary>
public sealed class ModelFormatException(string file, string field, string reason, Exception? inner = null)
    : Exception($"{Readable(file)}: {Readable(field)}: {Readable(reason)}", inner)
{
    private const int LongestPart = 500;

    /// <summary>The file's name inside the model's folder.</summary>
    public string File { get; } = file;

    /// <summary>The field, tensor or part of the file.</summary>
    public string Field { get; } = field;

    private static string Readable(string text)
        => string.Create(Math.Min(text.Length, LongestPart), text, (part, whole) =>
        {
            for (var i = 0; i < part.Length; i++)
            {
                part[i] = char.IsControl(whole[i]) ? '\uFFFD' : whole[i];
            }
        });
}
