using System.Text.Json.Serialization;
using CocoonOrleans.Tunnel.Handshakes;

namespace CocoonOrleans.Tunnel.Messages;

/// <summary>How everything on the tunnel is written as JSON: camel case, missing fields are errors, unknown ones are left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UseStringEnumConverter = true,
    MaxDepth = 16)]
[JsonSerializable(typeof(HelloLine))]
[JsonSerializable(typeof(WelcomeLine))]
[JsonSerializable(typeof(TunnelRefusal))]
[JsonSerializable(typeof(WorkerRegistration))]
[JsonSerializable(typeof(TokenizerFiles))]
[JsonSerializable(typeof(Heartbeat))]
[JsonSerializable(typeof(SessionAdmission))]
[JsonSerializable(typeof(VouchedStatement))]
[JsonSerializable(typeof(FreshRequest))]
[JsonSerializable(typeof(FreshStatement))]
[JsonSerializable(typeof(JobRefusal))]
[JsonSerializable(typeof(OfferPage))]
[JsonSerializable(typeof(OfferVerdicts))]
[JsonSerializable(typeof(KeptReceipt))]
[JsonSerializable(typeof(ReceiptPage))]
[JsonSerializable(typeof(ProviderVoucher))]
public sealed partial class TunnelJson : JsonSerializerContext;
