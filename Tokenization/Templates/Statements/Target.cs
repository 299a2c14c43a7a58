using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Statements;

/// <summary>What a value is given to: a variable, several that share a list, or a member of a namespace.</summary>
/// <param name="Names">Names of the variables.</param>
/// <param name="IsTuple">Whether the value is a list that they share.</param>
/// <param name="Member">The member's name where the variable is a namespace.</param>
/// <param name="Line">The template's line, for messages.</param>
internal sealed record Target(IReadOnlyList<string> Names, bool IsTuple, string? Member, int Line)
{
    public void Assign(object? value, TemplateRun run)
    {
        run.Line = Line;
        if (Member is not null)
        {
            (run.Scope[Names[0]] as TemplateNamespace ?? throw run.Fail("sets a member of something that is not a namespace"))[Member] = value;
        }
        else if (!IsTuple)
        {
            run.Scope[Names[0]] = value;
        }
        else if (TemplateValues.Iterate(value, run) is var parts && parts.Count == Names.Count)
        {
            for (var i = 0; i < parts.Count; i++)
            {
                run.Scope[Names[i]] = parts[i];
            }
        }
        else
        {
            throw run.Fail($"shares a list of {parts.Count} among {Names.Count} names");
        }
    }
}
