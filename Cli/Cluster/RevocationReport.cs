namespace CocoonOrleans.Cli.Cluster;

/// <summary>The JSON object of <c>cocoon cluster revocations</c> and <c>restore</c>.</summary>
/// <param name="Revocations">All that are in force, oldest first.</param>
public sealed record RevocationReport(IReadOnlyList<RevocationState> Revocations);
