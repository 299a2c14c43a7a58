using System.Security.Cryptography;
using System.Text;

namespace CocoonOrleans.Tunnel.Messages;

/// <summary>OpenAI's <c>system_fingerprint</c>: the same as long as engine and weights are the same, and the same from worker and gateway.</summary>
public static class SystemFingerprint
{
    /// <summary>The fingerprint.</summary>
    /// <param name="engineKind">As in the registration: native, upstream or scripted.</param>
    /// <param name="engineVersion">The engine's version.</param>
    /// <param name="manifestSha256">Hash of the model's files.</param>
    public static string Of(string engineKind, string engineVersion, string manifestSha256) =>
        $"fp_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{engineKind}/{engineVersion}/{manifestSha256}")))[..12]}";
}
