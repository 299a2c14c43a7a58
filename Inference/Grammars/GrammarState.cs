using CocoonOrleans.Inference.Grammars.Automata;

namespace CocoonOrleans.Inference.Grammars;

/// <summary>How far one answer is in its grammar. For one thread.</summary>
public sealed class GrammarState
{
    private readonly TokenGrammar _grammar;
    private Configuration[] _state;

    internal GrammarState(TokenGrammar grammar, Configuration[] state)
    {
        _grammar = grammar;
        _state = state;
    }

    /// <summary>Words of 64 bits that a mask has.</summary>
    public int MaskLength => _grammar.MaskLength;

    /// <summary>Whether the answer may end here: what it says is in the grammar.</summary>
    public bool IsComplete => _grammar.IsComplete(_state);

    /// <summary>Whether the answer must end here: it is complete and nothing may follow.</summary>
    public bool IsFinished => IsComplete && !_grammar.CanGoOn(_state);

    /// <summary>The least bytes that complete the answer; where the grammar counts something it may need more.</summary>
    public int LeastBytes => _grammar.LeastBytes(_state);

    /// <summary>Tokens that complete the answer, about as few as can be.</summary>
    /// <param name="most">The most that there may be.</param>
    /// <returns>None where it is complete; null where it can't be done.</returns>
    public IReadOnlyList<int>? Ending(int most) => _grammar.EndingOf(_state, most);

    /// <summary>Which tokens may follow. The tokens that end an answer have no text and are never among them; see <see cref="IsComplete"/>.</summary>
    /// <param name="mask">Receives one bit for each token id, the lowest first: <see cref="MaskLength"/> words.</param>
    public void Mask(Span<ulong> mask) => _grammar.MaskOf(_state).CopyTo(mask);

    /// <summary>Whether a token may follow.</summary>
    public bool Allows(int id) => _grammar.After(_state, id).Length > 0;

    /// <summary>Goes on by a token.</summary>
    /// <exception cref="ArgumentException">The grammar doesn't allow it here.</exception>
    public void Accept(int id)
    {
        var next = _grammar.After(_state, id);
        _state = next.Length > 0 ? next : throw new ArgumentException("The grammar doesn't allow this token here.", nameof(id));
    }

    /// <summary>A state of its own at the same place, for another answer that begins alike.</summary>
    public GrammarState Fork() => new(_grammar, _state);
}
