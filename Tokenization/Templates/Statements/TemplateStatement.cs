using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Statements;

/// <summary>A part of a template that does something when it is its turn.</summary>
internal abstract class TemplateStatement
{
    public abstract void Run(TemplateRun run);
}
