namespace CocoonOrleans.Inference.Grammars.Automata;

/// <summary>A node of a <see cref="Dfa"/>.</summary>
/// <param name="Edges">What it reads next, by rising bytes and without overlap.</param>
/// <param name="Calls">The rules that it calls, each once.</param>
/// <param name="Final">Whether the text may end here.</param>
/// <param name="Counting">Whether the rule's counter goes up when an edge leads here.</param>
internal sealed record DfaNode(ByteEdge[] Edges, CallEdge[] Calls, bool Final, bool Counting);
