namespace CocoonOrleans.Inference.Grammars.Automata;

/// <summary>What an edge asks of its rule's counter.</summary>
internal enum Guard
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Below the maximum: the edge begins one more of what is counted.</summary>
    Again,

    /// <summary>At the minimum or above: the edge ends the list of what is counted.</summary>
    Exit,
}
