namespace CocoonOrleans.Cli.Doctor;

/// <summary>The JSON object of <c>cocoon doctor</c>.</summary>
/// <param name="Ok">Whether nothing failed.</param>
/// <param name="Findings">All findings.</param>
public sealed record DoctorReport(bool Ok, IReadOnlyList<Finding> Findings);
