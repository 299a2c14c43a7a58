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

    public bool TryName(string name) => TryTake(TemplateTokenKind.Name, name);

    public bool TrySign(string sign) => TryTake(TemplateTokenKind.Sign, sign);

    public void TakeName(string name)
    {
        if (!TryName(name))
        {
            throw Current.Refuse($"stands where {name} should be");
        }
    }

    public void TakeSign(string sign)
    {
        if (!TrySign(sign))
        {
            throw Current.Refuse($"stands where {sign} should be");
        }
    }

    /// <summary>Whether the token after the current one is this.</summary>
    public bool IsNext(TemplateTokenKind kind, string text) => _at + 1 < tokens.Count && tokens[_at + 1].Is(kind, text);
}
