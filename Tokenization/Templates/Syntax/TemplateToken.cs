namespace CocoonOrleans.Tokenization.Templates.Syntax;

/// <summary>One token of a template. <paramref name="Text"/> of a <see cref="TemplateTokenKind.Text"/> or StringLiteral is its content, of others the source.</summary>
internal readonly record struct TemplateToken(TemplateTokenKind Kind, string Text, int Line)
{
    private const int LongestWord = 48;

    public bool Is(TemplateTokenKind kind, string text) => Kind == kind && Text == text;

    public bool IsName(params ReadOnlySpan<string> names) => Kind == TemplateTokenKind.Name && names.Contains(Text);

    public bool IsSign(params ReadOnlySpan<string> signs) => Kind == TemplateTokenKind.Sign && signs.Contains(Text);

    public TemplateSyntaxException Refuse(string reason) => new(Line, Text.Length <= LongestWord ? Text : Text[..LongestWord], reason);
}

/// <summary>What a token is.</summary>
internal enum TemplateTokenKind
{
    Text,
    OutputBegin,
    OutputEnd,
    BlockBegin,
    BlockEnd,
    Name,
    StringLiteral,
    Integer,
    Real,
    Sign,
    End,
}
