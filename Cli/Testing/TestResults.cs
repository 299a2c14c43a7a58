using System.Globalization;
using System.Xml.Linq;

namespace CocoonOrleans.Cli.Testing;

/// <summary>What one test project reported in its TRX file (the XML that <c>dotnet test --logger trx</c> writes).</summary>
/// <param name="Counts">How many tests ended how.</param>
/// <param name="Failures">Those that failed.</param>
/// <param name="Skips">Those that were skipped: name and reason.</param>
public sealed record TestResults(TestCounts Counts, IReadOnlyList<TestFailure> Failures, IReadOnlyList<TestSkip> Skips)
{
    /// <summary>No test at all.</summary>
    public static readonly TestResults None = new(default, [], []);

    private static readonly XNamespace Trx = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";

    /// <summary>Those that failed at first and passed when they ran again; they count as passed.</summary>
    public IReadOnlyList<TestFailure> Unsteady { get; init; } = [];

    /// <summary>Every test that ran, with how long it took and what it printed.</summary>
    public IReadOnlyList<LongTest> Ran { get; init; } = [];

    /// <summary>Both together.</summary>
    public static TestResults operator +(TestResults left, TestResults right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new TestResults(left.Counts + right.Counts, [.. left.Failures, .. right.Failures], [.. left.Skips, .. right.Skips])
        {
            Unsteady = [.. left.Unsteady, .. right.Unsteady],
            Ran = [.. left.Ran, .. right.Ran],
        };
    }

    /// <summary>What is left of the failures after the failed tests ran again.</summary>
    /// <param name="again">The second run. A failed test that it doesn't report has not been mended by it.</param>
    public TestResults After(TestResults again)
    {
        ArgumentNullException.ThrowIfNull(again);
        var passed = again.Ran.Where(test => test.Passed).Select(test => test.Test).ToHashSet(StringComparer.Ordinal);
        var unsteady = Failures.Where(failure => passed.Contains(failure.Test)).ToArray();
        return this with
        {
            Counts = Counts with { Passed = Counts.Passed + unsteady.Length, Failed = Counts.Failed - unsteady.Length },
            Failures = [.. Failures.Except(unsteady)],
            Unsteady = unsteady,
        };
    }

    /// <summary>Reads a TRX document. Whatever is neither passed nor skipped counts as failed: a test that hung or was aborted too.</summary>
    /// <param name="document">The document.</param>
    public static TestResults Parse(XDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        var counts = default(TestCounts);
        List<TestFailure> failures = [];
        List<TestSkip> skips = [];
        List<LongTest> ran = [];
        foreach (var result in document.Descendants(Trx + "UnitTestResult"))
        {
            var name = result.Attribute("testName")?.Value ?? "(no name)";
            if (result.Attribute("outcome")?.Value is not "NotExecuted")
            {
                var seconds = TimeSpan.TryParse(result.Attribute("duration")?.Value, CultureInfo.InvariantCulture, out var duration) ? duration.TotalSeconds : 0;
                var printed = result.Element(Trx + "Output")?.Element(Trx + "StdOut")?.Value ?? "";
                ran.Add(new LongTest(name, result.Attribute("outcome")?.Value == "Passed", Math.Round(seconds, 1),
                    printed.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)));
            }

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

        return new TestResults(counts, failures, skips) { Ran = ran };
    }

    private static string Output(XElement result, string part) =>
        result.Element(Trx + "Output")?.Element(Trx + "ErrorInfo")?.Element(Trx + part)?.Value.TrimEnd()
        ?? (part == "Message" ? result.Element(Trx + "Output")?.Element(Trx + "StdOut")?.Value.TrimEnd() : null)
        ?? "";
}
