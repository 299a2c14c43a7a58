namespace CocoonOrleans.Sealing.Requests;

/// <summary>A worker that may open a request.</summary>
/// <param name="StatementHash">Names its statement.</param>
/// <param name="Encapsulation">From which it derives the key of its wrap.</param>
public sealed record RequestRecipient(Digest StatementHash, ReadOnlyMemory<byte> Encapsulation);
