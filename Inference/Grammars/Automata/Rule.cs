namespace CocoonOrleans.Inference.Grammars.Automata;

/// <summary>A rule of a grammar: something that may stand inside itself, such as an object.</summary>
/// <param name="Body">What it reads. Its texts are never empty.</param>
/// <param name="Nests">Whether being inside of it counts as a level of the output's nesting.</param>
/// <param name="Minimum">What <see cref="Guard.Exit"/> asks of the counter.</param>
/// <param name="Maximum">What <see cref="Guard.Again"/> keeps the counter below or at; null: no bound.</param>
internal sealed record Rule(Dfa Body, bool Nests, int Minimum = 0, int? Maximum = null);
