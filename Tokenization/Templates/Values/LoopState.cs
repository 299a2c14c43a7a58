namespace CocoonOrleans.Tokenization.Templates.Values;

/// <summary>The <c>loop</c> of one round. Only recursive loops, which are not supported, have a depth other than 1.</summary>
/// <param name="Items">All that the loop goes through.</param>
/// <param name="Index">Index of this round, from 0.</param>
/// <param name="Changes">What the loop remembers from round to round.</param>
internal sealed record LoopState(IReadOnlyList<object?> Items, int Index, LoopChanges Changes)
{
    public object? Member(string name) => name switch
    {
        "index" => Index + 1L,
        "index0" => (long)Index,
        "revindex" => (long)(Items.Count - Index),
        "revindex0" => Items.Count - Index - 1L,
        "first" => Index == 0,
        "last" => Index == Items.Count - 1,
        "length" => (long)Items.Count,
        "depth" => 1L,
        "depth0" => 0L,
        "previtem" => Index > 0 ? Items[Index - 1] : TemplateUndefined.Value,
        "nextitem" => Index < Items.Count - 1 ? Items[Index + 1] : TemplateUndefined.Value,
        _ => TemplateUndefined.Value,
    };
}

/// <summary>The values that <c>loop.changed</c> saw last.</summary>
internal sealed class LoopChanges
{
    public TemplateList? Last { get; set; }
}
