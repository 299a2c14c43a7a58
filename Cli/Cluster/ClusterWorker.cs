namespace CocoonOrleans.Cli.Cluster;

/// <summary>A worker that is connected to the gateway, with what the network knows of its evidence.</summary>
/// <param name="WorkerId">Its key.</param>
/// <param name="Name">Its name.</param>
/// <param name="Tier">The tier at which the gateway takes it; null before its statement was verified.</param>
/// <param name="Assurance"><c>hardware</c>, <c>simulated</c> or <c>none</c>.</param>
/// <param name="PlatformId">Its machine; null where there is no quote.</param>
/// <param name="ImageId">The image that runs; null where none was compared with.</param>
/// <param name="Measurement">MRTD; null where there is no quote.</param>
/// <param name="TakesJobs">Whether requests are sealed to it now.</param>
/// <param name="EvidenceValidUntil">Until when its evidence holds.</param>
/// <param name="MustDrain">Whether Intel advises to start its TD again.</param>
/// <param name="RelaunchBy">Until when; null where that is not advised.</param>
public sealed record ClusterWorker(
    string WorkerId,
    string Name,
    string? Tier,
    string? Assurance,
    string? PlatformId,
    string? ImageId,
    string? Measurement,
    bool TakesJobs,
    DateTimeOffset? EvidenceValidUntil,
    bool MustDrain,
    DateTimeOffset? RelaunchBy);
