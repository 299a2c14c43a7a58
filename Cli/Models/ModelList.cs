namespace CocoonOrleans.Cli.Models;

/// <summary>The JSON object of <c>cocoon model list</c>.</summary>
/// <param name="Gateway">Who was asked.</param>
/// <param name="Models">Names of the models.</param>
public sealed record ModelList(Uri Gateway, IReadOnlyList<string> Models);
