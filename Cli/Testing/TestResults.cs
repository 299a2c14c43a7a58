using System.Xml.Linq;

namespace CocoonOrleans.Cli.Testing;

/// <summary>What one test project reported in its TRX file (the XML that <c>dotnet test --logger trx</c> writes).</summary>
/// <param name="Counts">How many tests ended how.</param>
/// <param name="Failures">Those that failed.</param>
/// <param name="Skips">Those that were skipped: name and reason.</param>
public sealed record TestResults(TestCounts Counts, IReadOnlyList<TestFailure> Failures, IReadOnlyList<TestSkip> Skips)
{
    private static readonly XNamespace Trx = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";

    /// <summary>Reads a TRX document. Whatever is neither passed nor skipped counts as failed: a test that hung or was aborted too.</summary>
    /// <param name="document">The document.</param>
    public static TestResults Parse(XDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        var counts = default(TestCounts);
        List<TestFailure> failures = [];
        List<TestSkip> skips = [];
        foreach (var result in document.Descendants(Trx + "UnitTestResult"))
        {
            var name = result.Attribute("testName")?.Value ?? "(no name)";
            switch (result.Attribute("outcome")?.Value)
            {
                case "Passed":
                    counts += new TestCounts(1, 0, 0);
                    break;
                case "NotExecuted":
                    counts += new TestCounts(0, 0, 1);
                    skips.Add(new TestSkip(name, Output(result, "Message")));
                    break;
                default:
                    counts += new TestCounts(0, 1, 0);
                    failures.Add(new TestFailure(name, Output(result, "Message"), StackFrames.Ours(Output(result, "StackTrace"))));
                    break;
            }
        }

        return new TestResults(counts, failures, skips);
    }

    private static string Output(XElement result, string part) =>
        result.Element(Trx + "Output")?.Element(Trx + "ErrorInfo")?.Element(Trx + part)?.Value.TrimEnd()
        ?? (part == "Message" ? result.Element(Trx + "Output")?.Element(Trx + "StdOut")?.Value.TrimEnd() : null)
        ?? "";
}
