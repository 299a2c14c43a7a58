namespace CocoonOrleans.Inference.Grammars.Automata;

/// <summary>A piece of a grammar: adds what it reads to an automaton, behind a node. May be used many times.</summary>
/// <param name="nfa">The automaton.</param>
/// <param name="from">The node to begin at. Nothing leads back to it.</param>
/// <returns>The node where it ends.</returns>
internal delegate int Fragment(Nfa nfa, int from);
