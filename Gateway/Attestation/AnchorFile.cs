using System.Text.Json;
using System.Text.Json.Serialization;
using CocoonOrleans.Attestation.Verification;

namespace CocoonOrleans.Gateway.Attestation;

/// <summary>The anchor of a simulated issuer in a file.</summary>
internal static partial class AnchorFile
{
    /// <exception cref="IOException">The file can't be read, or holds no anchor.</exception>
    public static TrustAnchor Read(string path)
    {
        try
        {
            SimulatedAnchor anchor = JsonSerializer.Deserialize(File.ReadAllBytes(path), AnchorJson.Default.SimulatedAnchor) ?? throw new JsonException("It is null.");
            return TrustAnchor.Simulated(anchor.Root, anchor.QeVendorId);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or FormatException or UnauthorizedAccessException)
        {
            throw new IOException($"Gateway:Attestation:SimulatedAnchorFile, {path}, holds no anchor of a simulated issuer: {e.Message}", e);
        }
    }

    internal sealed record SimulatedAnchor(string Root, string QeVendorId);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
    [JsonSerializable(typeof(SimulatedAnchor))]
    internal sealed partial class AnchorJson : JsonSerializerContext;
}
