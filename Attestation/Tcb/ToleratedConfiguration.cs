namespace CocoonOrleans.Attestation.Tcb;

/// <summary>A processor family whose configuration is put up with although Intel would have it otherwise.</summary>
/// <param name="Fmspc">The family, 6 bytes in hex.</param>
/// <param name="Advisories">The advisories that are known and borne. Any other refuses.</param>
public sealed record ToleratedConfiguration(string Fmspc, IReadOnlySet<string> Advisories)
{
    internal bool Covers(string fmspc, IReadOnlyList<string> advisories) =>
        string.Equals(Fmspc, fmspc, StringComparison.OrdinalIgnoreCase) && advisories.All(Advisories.Contains);
}
