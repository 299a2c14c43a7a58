using System.Text.Json.Serialization;
using CocoonOrleans.Attestation.Simulated.Worlds;

namespace CocoonOrleans.Attestation.Simulated.Collaterals;

/// <summary>What must be believed for this world's quotes, as <c>GET /anchor</c> says it.</summary>
/// <param name="Root">The root's certificate, PEM.</param>
/// <param name="QeVendorId">The quoting enclave's vendor, a UUID.</param>
/// <param name="Assurance">What evidence under it is worth.</param>
internal sealed record SimulatedAnchor(string Root, string QeVendorId, string Assurance)
{
    public static SimulatedAnchor Of(SimulatedWorld world) => new(world.RootPem, new Guid(world.Anchor.QeVendorId.Span, bigEndian: true).ToString(), "simulated");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SimulatedAnchor))]
internal sealed partial class AnchorJson : JsonSerializerContext;
