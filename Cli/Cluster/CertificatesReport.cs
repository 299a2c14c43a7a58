namespace CocoonOrleans.Cli.Cluster;

/// <summary>What <c>cocoon cluster certificates --json</c> prints.</summary>
/// <param name="Folder">Where the files are.</param>
/// <param name="IsNewAuthority">Whether the authority was made now.</param>
/// <param name="ValidUntil">When the certificates of silos and gateways end.</param>
public sealed record CertificatesReport(string Folder, bool IsNewAuthority, DateTimeOffset ValidUntil);
