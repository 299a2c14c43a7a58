namespace CocoonOrleans.Inference.Grammars.Automata;

/// <summary>One way in which the text so far may be read.</summary>
/// <param name="Node">Where the automaton is.</param>
/// <param name="Count">The counter of the node's rule.</param>
/// <param name="Frame">What is open around that rule; null for the first rule.</param>
internal readonly record struct Configuration(int Node, int Count, Frame? Frame);
