using System.Text.Json.Serialization;

namespace CocoonOrleans.Gateway.TopUps;

/// <summary>The body of <c>POST /v1/topups</c>.</summary>
/// <param name="Amount">How much, in nano, as a decimal string; null where whoever pays decides, which for a channel nobody can.</param>
/// <param name="Channel">The channel of the account that is to be topped up, in raw form; null for its prepaid account.</param>
public sealed record TopUpRequest(string? Amount = null, string? Channel = null);

/// <summary>The body of <c>POST /admin/deposits/{id}/assign</c> and <c>/refund</c>.</summary>
/// <param name="AccountId">Who gets it.</param>
/// <param name="Address">Where it is sent back to.</param>
public sealed record DepositWish(string? AccountId = null, string? Address = null);

/// <summary>How both are written: snake case, unknown fields refused.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, MaxDepth = 4)]
[JsonSerializable(typeof(DepositWish))]
[JsonSerializable(typeof(TopUpRequest))]
internal sealed partial class TopUpRequestJson : JsonSerializerContext;
