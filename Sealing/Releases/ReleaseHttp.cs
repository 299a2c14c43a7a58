namespace CocoonOrleans.Sealing.Releases;

/// <summary>How workers and key brokers speak over HTTP (docs/protocol.md, section 17).</summary>
public static class ReleaseHttp
{
    /// <summary>Gives a nonce.</summary>
    public const string NoncesPath = "v1/nonces";

    /// <summary>Releases a share.</summary>
    public const string ReleasesPath = "v1/releases";

    /// <summary>Most bytes of a request.</summary>
    public const int MostRequestBytes = 1664 * 1024;

    /// <summary>Most bytes of an answer, a refusal included.</summary>
    public const int MostAnswerBytes = 16 * 1024;

    /// <summary>The content type of a refusal (RFC 9457).</summary>
    public const string ProblemMediaType = "application/problem+json";
}
