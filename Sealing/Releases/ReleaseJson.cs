using System.Text.Json.Serialization;

namespace CocoonOrleans.Sealing.Releases;

/// <summary>The JSON of <see cref="ReleaseHttp"/>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(BrokerNonce))]
[JsonSerializable(typeof(ReleaseRequest))]
[JsonSerializable(typeof(ReleaseAnswer))]
[JsonSerializable(typeof(ReleaseProblem))]
public sealed partial class ReleaseJson : JsonSerializerContext;
