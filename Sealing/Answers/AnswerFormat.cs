namespace CocoonOrleans.Sealing.Answers;

/// <summary>The beginning of an answer (docs/protocol.md, section 9).</summary>
internal static class AnswerFormat
{
    /// <summary>Magic, statement hash, response nonce.</summary>
    public const int PrefixBytes = 4 + (2 * Digest.Length);

    /// <summary>Its first bytes.</summary>
    public static ReadOnlySpan<byte> Magic => "CSR1"u8;
}
