namespace CocoonOrleans.Attestation.Refusals;

/// <summary>
/// Carries a refusal out of a parser. It never leaves this assembly: <see cref="RefusalEdge"/> turns it into the typed value, so that the parsers
/// themselves read top to bottom and none can forget to look at a result.
/// </summary>
internal sealed class RefusedException(string code, string reason) : Exception(reason)
{
    /// <summary>The refusal.</summary>
    public Refusal Refusal { get; } = new(code, reason);
}
