namespace CocoonOrleans.Inference.Grammars.Automata;

/// <summary>
/// An open call of a rule, with all places to go on at once it is complete. Several ways of reading that call the same rule at the same place share one
/// frame (Tomita's graph-structured stack), so their number stays small whatever the grammar is like. Immutable.
/// </summary>
internal sealed class Frame
{
    private readonly Configuration[] _returns;
    private readonly int[] _countKeys;
    private readonly int _rule;

    /// <param name="rule">The rule.</param>
    /// <param name="returns">Where to go on.</param>
    /// <param name="countKeys">Of each of them, what tells its counter apart: see <see cref="PushdownRunner.CountKey"/>.</param>
    /// <param name="depth">Levels of nesting inside of it.</param>
    /// <param name="leastBytes">The least bytes that end the text once the rule is complete.</param>
    public Frame(int rule, Configuration[] returns, int[] countKeys, int depth, int leastBytes)
    {
        _rule = rule;
        _returns = returns;
        _countKeys = countKeys;
        Depth = depth;
        LeastBytes = leastBytes;
        var hash = new HashCode();
        hash.Add(rule);
        for (var i = 0; i < returns.Length; i++)
        {
            hash.Add(returns[i].Node);
            hash.Add(countKeys[i]);
            hash.Add(returns[i].Frame?.Hash ?? 0);
        }

        Hash = hash.ToHashCode();
    }

    /// <summary>Where to go on.</summary>
    public ReadOnlySpan<Configuration> Returns => _returns;

    /// <summary>Levels of nesting inside of it.</summary>
    public int Depth { get; }

    /// <summary>The least bytes that end the text once the rule is complete, counters left out.</summary>
    public int LeastBytes { get; }

    /// <summary>Equal for frames that are <see cref="Alike"/>.</summary>
    public int Hash { get; }

    /// <summary>Whether no token can tell two frames apart.</summary>
    /// <param name="first">One frame.</param>
    /// <param name="second">Another one.</param>
    /// <param name="known">
    /// Pairs that were compared before, all of them alike. Frames with several returns share what is around them, so without these the number of
    /// comparisons would double with each level.
    /// </param>
    public static bool Alike(Frame? first, Frame? second, ref HashSet<(Frame, Frame)>? known)
    {
        if (ReferenceEquals(first, second))
        {
            return true;
        }

        if (first is null || second is null || first.Hash != second.Hash || first._rule != second._rule || first._returns.Length != second._returns.Length
            || first.Depth != second.Depth || !first._countKeys.AsSpan().SequenceEqual(second._countKeys))
        {
            return false;
        }

        if (first._returns.Length > 1 && !(known ??= []).Add((first, second)))
        {
            return true;
        }

        for (var i = 0; i < first._returns.Length; i++)
        {
            if (first._returns[i].Node != second._returns[i].Node || !Alike(first._returns[i].Frame, second._returns[i].Frame, ref known))
            {
                return false;
            }
        }

        return true;
    }
}
