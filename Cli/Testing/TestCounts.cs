namespace CocoonOrleans.Cli.Testing;

/// <summary>How many tests ended how.</summary>
/// <param name="Passed">Passed.</param>
/// <param name="Failed">Failed, or did not finish.</param>
/// <param name="Skipped">Skipped, each with its reason in the test's output.</param>
public readonly record struct TestCounts(int Passed, int Failed, int Skipped)
{
    /// <summary>All of them.</summary>
    public int Total => Passed + Failed + Skipped;

    /// <summary>The sum of two counts.</summary>
    public static TestCounts operator +(TestCounts left, TestCounts right) =>
        new(left.Passed + right.Passed, left.Failed + right.Failed, left.Skipped + right.Skipped);

    /// <summary>The line that <c>cocoon test</c> ends with.</summary>
    public override string ToString() => $"{Passed} passed, {Failed} failed, {Skipped} skipped";
}
