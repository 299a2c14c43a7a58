using CocoonOrleans.Attestation.Verification;

namespace CocoonOrleans.Gateway.Attestation;

/// <summary>The anchor of a simulated issuer in a file.</summary>
internal static class AnchorFile
{
    /// <exception cref="IOException">The file can't be read, or holds no anchor.</exception>
    public static TrustAnchor Read(string path)
    {
        try
        {
            return TrustAnchor.ReadSimulated(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is FormatException or UnauthorizedAccessException)
        {
            throw new IOException($"Gateway:Attestation:SimulatedAnchorFile, {path}, holds no anchor of a simulated issuer: {e.Message}", e);
        }
    }
}
