namespace CocoonOrleans.Tokenization.Templates.Syntax;

/// <summary>Goes through a template's tokens.</summary>
internal sealed class TokenReader(List<TemplateToken> tokens)
{
    private int _at;

    public TemplateToken Current => tokens[_at];

    public TemplateToken Take() => Current.Kind == TemplateTokenKind.End ? throw Current.Refuse("comes too early") : tokens[_at++];

    public TemplateToken Take(TemplateTokenKind kind, string expected) => Current.Kind == kind ? Take() : throw Current.Refuse($"stands where {expected} should be");

    public bool TryTake(TemplateTokenKind kind, string text)
    {
        if (!Current.Is(kind, text))
        {
            return false;
        }

        _at++;
        return true;
    }

    public void TakeSign(string sign)
    {
        if (!TryTake(TemplateTokenKind.Sign, sign))
        {
            throw Current.Refuse($"stands where {sign} should be");
        }
    }

    /// <summary>Whether the next token but one is this name: the one after <c>{%</c>, or after <c>not</c>.</summary>
    public bool IsNext(string name) => _at + 1 < tokens.Count && tokens[_at + 1].Is(TemplateTokenKind.Name, name);
}
