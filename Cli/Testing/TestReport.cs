namespace CocoonOrleans.Cli.Testing;

/// <summary>The JSON object of <c>cocoon test</c>.</summary>
/// <param name="Passed">Tests that passed.</param>
/// <param name="Failed">Tests that failed.</param>
/// <param name="Skipped">Tests that were skipped.</param>
/// <param name="Failures">Those that failed.</param>
/// <param name="Skips">Those that were skipped.</param>
public sealed record TestReport(
    int Passed, int Failed, int Skipped, IReadOnlyList<TestFailure> Failures, IReadOnlyList<TestSkip> Skips);
