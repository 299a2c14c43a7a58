namespace CocoonOrleans.Tokenization.Templates.Syntax;

/// <summary>One token of a template. <paramref name="Text"/> of a <see cref="TemplateTokenKind.Text"/> or StringLiteral is its content, of others the source.</summary>
internal readonly record struct TemplateToken(TemplateTokenKind Kind, string Text, int Line)
{
    public bool Is(TemplateTokenKind kind, string text) => Kind == kind && Text == text;

    public TemplateSyntaxException Refuse(string reason) => new(Line, Text.Length <= 48 ? Text : Text[..48], reason);
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
    Sign,
    End,
}
