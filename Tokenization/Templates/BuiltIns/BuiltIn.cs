using CocoonOrleans.Tokenization.Templates.Expressions;
using CocoonOrleans.Tokenization.Templates.Syntax;
using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.BuiltIns;

/// <summary>A filter, test, function or method that every template has.</summary>
internal sealed class BuiltIn
{
    private const string Rest = "*";

    private readonly string[] _parameters;
    private readonly int _required;
    private readonly bool _takesRest;
    private readonly Func<TemplateRun, object?, Arguments, object?> _apply;

    /// <param name="name">Its name.</param>
    /// <param name="parameters">Names of its parameters, set apart by spaces: with <c>?</c> one that may be left out, <c>*</c> at the end for any more.</param>
    /// <param name="apply">What it does with a value; null for a function.</param>
    public BuiltIn(string name, string parameters, Func<TemplateRun, object?, Arguments, object?> apply)
    {
        Name = name;
        var names = parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        _takesRest = names.Contains(Rest);
        _parameters = [.. names.Where(parameter => parameter != Rest).Select(parameter => parameter.TrimEnd('?'))];
        _required = names.Count(parameter => parameter != Rest && !parameter.EndsWith('?'));
        _apply = apply;
    }

    public string Name { get; }

    /// <summary>Looks at load whether a call can fit.</summary>
    /// <exception cref="TemplateSyntaxException">It has too many arguments or too few, or one of an unknown name.</exception>
    public void Check(TemplateToken token, CallArguments arguments)
    {
        if (Misfit([.. arguments.Positional], [.. arguments.Named.Select(argument => argument.Name)]) is { } misfit)
        {
            throw token.Refuse(misfit);
        }
    }

    public object? Apply(TemplateRun run, object? value, CallValues call)
    {
        if (Misfit(call.Positional, [.. call.Named.Select(argument => argument.Name)]) is { } misfit)
        {
            throw run.Fail($"calls {Name}, which {misfit}");
        }

        run.Spend(value is MarkedText text ? text.Length : 0);
        var values = new object?[_parameters.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = i < call.Positional.Length ? call.Positional[i] : Arguments.Absent;
        }

        var rest = new List<(string, object?)>();
        foreach (var (name, given) in call.Named)
        {
            if (Array.IndexOf(_parameters, name) is var place and >= 0)
            {
                values[place] = given;
            }
            else
            {
                rest.Add((name, given));
            }
        }

        return _apply(run, value, new Arguments(run, Name, values, call.Positional.Length > values.Length ? call.Positional[values.Length..] : [], rest));
    }

    private string? Misfit(IReadOnlyList<object?> positional, string[] named)
    {
        if (!_takesRest && positional.Count > _parameters.Length)
        {
            return $"takes no more than {_parameters.Length} arguments";
        }

        foreach (var name in named)
        {
            var place = Array.IndexOf(_parameters, name);
            if (place < 0 ? !_takesRest : place < positional.Count)
            {
                return place < 0 ? $"has no argument {name}" : $"is given {name} twice";
            }
        }

        for (var i = positional.Count; i < _required; i++)
        {
            if (!named.Contains(_parameters[i]))
            {
                return $"needs the argument {_parameters[i]}";
            }
        }

        return null;
    }
}
