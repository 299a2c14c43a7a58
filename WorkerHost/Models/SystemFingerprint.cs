using System.Security.Cryptography;
using System.Text;

namespace CocoonOrleans.WorkerHost.Models;

/// <summary>OpenAI's <c>system_fingerprint</c>: the same as long as engine and weights are the same.</summary>
internal static class SystemFingerprint
{
    public static string Of(string engineKind, string engineVersion, string manifestSha256) =>
        $"fp_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{engineKind}/{engineVersion}/{manifestSha256}")))[..12]}";
}
