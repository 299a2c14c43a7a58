namespace CocoonOrleans.Cli.Testing;

/// <summary>Which tests are run, and how long they may take.</summary>
/// <param name="Filter">A part of a test's full name, or a filter expression of <c>dotnet test</c>; null for all.</param>
/// <param name="IsLong">Only the tests that have a long form, in that form.</param>
public sealed record TestSelection(string? Filter, bool IsLong)
{
    /// <summary>The expression for <c>dotnet test --filter</c>; null for all tests.</summary>
    public string? Expression
    {
        get
        {
            var named = Filter is null ? null : Filter.AsSpan().ContainsAny("=~!") ? Filter : $"FullyQualifiedName~{Filter}";
            return !IsLong ? named : named is null ? "Category=Long" : $"Category=Long&({named})";
        }
    }

    /// <summary>How long one test may show nothing, in the form of <c>dotnet test</c>.</summary>
    public string HangTimeout => IsLong ? "60min" : "3min";
}
