namespace CocoonOrleans.Cli.Models;

/// <summary>The JSON object of <c>cocoon model export-gguf</c>.</summary>
/// <param name="Folder">The model.</param>
/// <param name="File">What was written.</param>
/// <param name="Type">How matrices are stored in it.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Unsaid">What llama.cpp will not know of the tokenizer; null where it knows all.</param>
public sealed record ModelExport(string Folder, string File, string Type, long Bytes, string? Unsaid);
