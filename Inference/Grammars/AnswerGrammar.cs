namespace CocoonOrleans.Inference.Grammars;

/// <summary>A grammar at work on one answer: its masks with the tokens that end the answer. For one thread.</summary>
internal sealed class AnswerGrammar(GrammarState state, IReadOnlyCollection<int> stopIds)
{
    private readonly ulong[] _mask = new ulong[state.MaskLength];

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
