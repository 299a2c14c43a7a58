namespace CocoonOrleans.Cli.Cluster;

/// <summary>The JSON object of <c>cocoon cluster workers</c>.</summary>
/// <param name="Workers">The workers that are connected to the gateway.</param>
public sealed record ClusterReport(IReadOnlyList<ClusterWorker> Workers);
