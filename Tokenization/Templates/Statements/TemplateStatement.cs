using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Statements;

/// <summary>A part of a template that does something when it is its turn.</summary>
internal abstract class TemplateStatement
{
    public abstract Flow Run(TemplateRun run);
}

/// <summary>How it goes on after a statement.</summary>
internal enum Flow
{
    Next,
    ContinueLoop,
    BreakLoop,
}
