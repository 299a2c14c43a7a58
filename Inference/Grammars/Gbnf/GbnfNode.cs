using CocoonOrleans.Inference.Grammars.Patterns;

namespace CocoonOrleans.Inference.Grammars.Gbnf;

/// <summary>A piece of what a GBNF rule says.</summary>
internal abstract record GbnfNode
{
    /// <summary>One character out of a set.</summary>
    public sealed record Characters(CodePointSet Set) : GbnfNode;

    /// <summary>What another rule says.</summary>
    /// <param name="Name">The rule.</param>
    /// <param name="Line">Where it is named, from 1 up.</param>
    public sealed record Reference(string Name, int Line) : GbnfNode;

    /// <summary>One after the other; of none nothing.</summary>
    public sealed record Sequence(IReadOnlyList<GbnfNode> Parts) : GbnfNode;

    /// <summary>Any one of them.</summary>
    public sealed record Alternatives(IReadOnlyList<GbnfNode> Parts) : GbnfNode;

    /// <summary>The same several times.</summary>
    /// <param name="Part">What.</param>
    /// <param name="Minimum">At least so often.</param>
    /// <param name="Maximum">At most so often; null: no bound.</param>
    public sealed record Repetition(GbnfNode Part, int Minimum, int? Maximum) : GbnfNode;
}
