using System.Globalization;
using CocoonOrleans.Gateway.Errors;

namespace CocoonOrleans.Tests.Unit.Documents;

/// <summary>The list of errors for people is the list that the gateway has.</summary>
public sealed class ErrorListTests
{
    [Fact]
    public void ErrorList_Rows_AreTheErrorKinds()
    {
        string[][] rows = [.. File.ReadLines(Path.Combine(Repository.Root, "docs", "errors.md"))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && char.IsAsciiDigit(line[2]))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];

        Assert.Equal(
            ErrorKinds.All.Select(kind => (kind.Status.ToString(CultureInfo.InvariantCulture), $"`{kind.Type}`", kind.Code is null ? "-" : $"`{kind.Code}`", kind.Remedy)),
            rows.Select(row => (row[0], row[1], row[2], row[4])));
    }
}
