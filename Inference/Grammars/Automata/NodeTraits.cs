namespace CocoonOrleans.Inference.Grammars.Automata;

/// <summary>What is special about a node of a <see cref="PushdownAutomaton"/>.</summary>
[Flags]
internal enum NodeTraits : byte
{
    /// <summary>It reads bytes.</summary>
    Reads = 1,

    /// <summary>It calls rules.</summary>
    Calls = 2,

    /// <summary>Its rule may end here.</summary>
    Final = 4,

    /// <summary>Its rule's counter goes up on arrival.</summary>
    Counting = 8,
}
