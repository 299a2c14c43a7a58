namespace CocoonOrleans.Attestation.Tcb;

/// <summary>Time that a processor family gets to catch up after Intel has asked for more: fixes come with firmware, which no operator has on the same day.</summary>
/// <param name="Fmspc">The family, 6 bytes in hex.</param>
/// <param name="NewerSince">When Intel's documents began to ask for more.</param>
/// <param name="Until">The end that is wished; no later than <see cref="TcbPolicy.LongestGrace"/> after that counts.</param>
public sealed record OutOfDateGrace(string Fmspc, DateTimeOffset NewerSince, DateTimeOffset Until)
{
    internal DateTimeOffset End => Until < NewerSince + TcbPolicy.LongestGrace ? Until : NewerSince + TcbPolicy.LongestGrace;
}
