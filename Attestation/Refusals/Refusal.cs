namespace CocoonOrleans.Attestation.Refusals;

/// <summary>Why evidence is not accepted. It speaks of public data only: quotes, certificates, Intel's documents.</summary>
/// <param name="Code">For programs: one of <see cref="RefusalCodes"/>; stable.</param>
/// <param name="Reason">For people: what was expected and what was found. May change.</param>
public sealed record Refusal(string Code, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Code}: {Reason}";
}
