using System.Text.Json.Serialization;

namespace CocoonOrleans.Gateway.Channels;

/// <summary>The body of <c>POST /v1/channels</c>.</summary>
/// <param name="PayerAddress">The client's wallet, in raw form.</param>
/// <param name="PayerKey">The client's voucher key, 64 hexadecimal digits.</param>
/// <param name="CloseDelay">In seconds, within the offer's bounds.</param>
/// <param name="Salt">16 hexadecimal digits, fresh and random.</param>
public sealed record ChannelRequest(string? PayerAddress = null, string? PayerKey = null, long CloseDelay = 0, string? Salt = null);

/// <summary>How it is written: snake case, unknown fields refused.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, MaxDepth = 4)]
[JsonSerializable(typeof(ChannelRequest))]
internal sealed partial class ChannelRequestJson : JsonSerializerContext;
