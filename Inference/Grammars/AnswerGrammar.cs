namespace CocoonOrleans.Inference.Grammars;

/// <summary>A grammar at work on one answer: its masks with the tokens that end the answer. For one thread.</summary>
internal sealed class AnswerGrammar(GrammarState state, IReadOnlyCollection<int> stopIds)
{
    /// <summary>Counters may ask for more bytes than are known without trying, so this near the end it is tried.</summary>
    private const int Near = 64;

    private readonly ulong[] _mask = new ulong[state.MaskLength];

    /// <summary>Whether the model wanted to say more than there were tokens for, and was made to end.</summary>
    public bool IsCutShort { get; private set; }

    /// <summary>
    /// The tokens that may follow. One that ends the answer may follow exactly where the answer is complete, even if it has a text of its own: elsewhere
    /// it would cut the answer.
    /// </summary>
    /// <param name="allowed">One bit for each id, the lowest first.</param>
    /// <returns>Whether there is any.</returns>
    public bool TryMask(out ReadOnlySpan<ulong> allowed)
    {
        state.Mask(_mask);
        var complete = state.IsComplete;
        foreach (var id in stopIds)
        {
            var bit = 1UL << (id & 63);
            _mask[id >> 6] = complete ? _mask[id >> 6] | bit : _mask[id >> 6] & ~bit;
        }

        allowed = _mask;
        return allowed.ContainsAnyExcept(0UL);
    }

    /// <summary>
    /// Sees to it that the answer can be completed with the tokens that are left. Where it could not be behind the token that was chosen, though it can be now, the token
    /// that leads to the end takes its place.
    /// </summary>
    /// <param name="id">The token that was chosen among those that were allowed.</param>
    /// <param name="left">How many tokens the answer may still have, this one included.</param>
    /// <returns>The token to go on by.</returns>
    public int InTime(int id, int left)
    {
        if (left > GrammarLimits.EndingBytes || stopIds.Contains(id))
        {
            return id;
        }

        var after = state.Fork();
        after.Accept(id);
        // A token has at least one byte.
        if (after.LeastBytes + Near < left || after.Ending(left - 1) is not null || state.Ending(left) is not [var first, ..])
        {
            return id;
        }

        IsCutShort = true;
        return first;
    }

    /// <summary>Goes on by a token that was allowed.</summary>
    /// <returns>Whether the answer must end with it, because nothing may follow.</returns>
    public bool Accept(int id)
    {
        if (stopIds.Contains(id))
        {
            return false;
        }

        state.Accept(id);
        return state.IsFinished;
    }
}
