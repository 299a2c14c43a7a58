using System.Text.Json.Serialization;

namespace CocoonOrleans.Gateway.Attestation;

/// <summary>The body of <c>POST /admin/revocations</c>.</summary>
/// <param name="Kind"><c>worker</c>, <c>platform</c>, <c>image</c> or <c>measurement</c>.</param>
/// <param name="Value">What is revoked: 64 hex digits, of a measurement 96.</param>
/// <param name="Reason">Why, for people: 1 to 200 characters.</param>
public sealed record RevocationRequest(string Kind, string Value, string Reason);

/// <summary>How it is written: snake case, unknown fields refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 4)]
[JsonSerializable(typeof(RevocationRequest))]
internal sealed partial class RevocationJson : JsonSerializerContext;
