namespace CocoonOrleans.Inference.Grammars.Automata;

/// <summary>An edge that reads what another rule says.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Target">Where it leads once the rule is complete.</param>
internal readonly record struct CallEdge(int Rule, int Target);
