using System.Text.Json.Serialization;

namespace CocoonOrleans.Cli.Testing;

/// <summary>The JSON object of <c>cocoon test</c>.</summary>
/// <param name="Passed">Tests that passed.</param>
/// <param name="Failed">Tests that failed.</param>
/// <param name="Skipped">Tests that were skipped.</param>
/// <param name="Failures">Those that failed.</param>
/// <param name="Skips">Those that were skipped.</param>
/// <param name="Unsteady">Those that failed once and passed when they ran again, alone; they count as passed.</param>
/// <param name="Long">Those that ran in their long form; null where that was not asked for.</param>
public sealed record TestReport(
    int Passed, int Failed, int Skipped, IReadOnlyList<TestFailure> Failures, IReadOnlyList<TestSkip> Skips, IReadOnlyList<TestFailure> Unsteady,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<LongTest>? Long);
