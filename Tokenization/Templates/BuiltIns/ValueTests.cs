using System.Globalization;
using CocoonOrleans.Tokenization.Templates.Expressions;
using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.BuiltIns;

/// <summary>The tests: <c>value is name(argument)</c>.</summary>
internal static class ValueTests
{
    private static readonly BuiltInTable All = new(
        [
            OnValue("boolean", value => value is bool),
            OnValue("callable", value => value is TemplateCallable),
            OnValue("defined", value => value is not TemplateUndefined),
            OnValue("false", value => value is false),
            OnValue("float", value => value is double),
            OnValue("integer", value => value is long),
            OnValue("iterable", value => value is MarkedText or TemplateList or TemplateMap or TemplateUndefined or LoopState),
            OnValue("mapping", value => value is TemplateMap),
            OnValue("none", value => value is null),
            OnValue("number", TemplateValues.IsNumber),
            OnValue("sequence", value => value is MarkedText or TemplateList or TemplateMap or TemplateUndefined),
            OnValue("string", value => value is MarkedText),
            OnValue("true", value => value is true),
            OnValue("undefined", value => value is TemplateUndefined),
            new BuiltIn("divisibleby", "num", (run, value, arguments) => TemplateValues.AreEqual(TemplateNumbers.Calculate("%", value, arguments[0], run), 0L, run)),
            new BuiltIn("even", "", (run, value, _) => TemplateValues.AreEqual(TemplateNumbers.Calculate("%", value, 2L, run), 0L, run)),
            new BuiltIn("lower", "", (run, value, _) => Texts.IsCased(TemplateValues.ToText(value, run), UnicodeCategory.LowercaseLetter)),
            new BuiltIn("odd", "", (run, value, _) => TemplateValues.AreEqual(TemplateNumbers.Calculate("%", value, 2L, run), 1L, run)),
            new BuiltIn("sameas", "other", (_, value, arguments) => ReferenceEquals(value, arguments[0]) || (value is bool or long && Equals(value, arguments[0]))),
            new BuiltIn("upper", "", (run, value, _) => Texts.IsCased(TemplateValues.ToText(value, run), UnicodeCategory.UppercaseLetter)),
            .. new[] { ("eq", "=="), ("equalto", "=="), ("ge", ">="), ("greaterthan", ">"), ("gt", ">"), ("in", "in"), ("le", "<="), ("lessthan", "<"), ("lt", "<"), ("ne", "!=") }
                .Concat(new[] { "==", "!=", "<", ">", "<=", ">=" }.Select(sign => (sign, sign)))
                .Select(test => new BuiltIn(test.Item1, "b", (run, value, arguments) => Comparison.Holds(test.Item2, value, arguments[0], run))),
        ]);

    /// <summary>The test of a name; those named by a sign, like <c>==</c>, can only be asked for in filters such as <c>select</c>.</summary>
    public static BuiltIn? Find(string name) => All.Find(name);

    private static BuiltIn OnValue(string name, Func<object?, bool> holds) => new(name, "", (_, value, _) => holds(value));
}
