using System.Text.Json.Serialization;

namespace CocoonOrleans.Attestation.Simulated.Worlds;

/// <summary>What makes a world the same one after another start of its issuer.</summary>
/// <param name="Start">When it began.</param>
/// <param name="Root">Its root certificate, DER.</param>
/// <param name="Keys">Its private keys, PKCS #8, in the order of <see cref="SimulatedWorld"/>.</param>
/// <param name="Registers">RTMR3 of its TDs, by their names.</param>
/// <param name="Issue">How many sets of collateral were given out.</param>
internal sealed record KeptWorld(DateTimeOffset Start, byte[] Root, byte[][] Keys, IReadOnlyDictionary<string, byte[]> Registers, int Issue);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(KeptWorld))]
internal sealed partial class KeptWorldJson : JsonSerializerContext;
