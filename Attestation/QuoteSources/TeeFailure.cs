namespace CocoonOrleans.Attestation.QuoteSources;

/// <summary>Why this machine made no quote, or measured nothing. It holds no secret.</summary>
/// <param name="Kind">For programs.</param>
/// <param name="Message">For people: what happened, and where.</param>
/// <param name="Remedy">For people: what to do.</param>
public sealed record TeeFailure(TeeFailureKind Kind, string Message, string Remedy)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Message} {Remedy}";
}
