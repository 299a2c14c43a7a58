using System.Text.Json.Serialization;

namespace CocoonOrleans.Tunnel.Handshakes;

/// <summary>
/// The gateway's answer to the hello line. In TLS 1.3 the client finishes its handshake before the server has judged its certificate, so only this line
/// proves to a worker that it was taken.
/// </summary>
/// <param name="Protocol">The version that the gateway speaks.</param>
/// <param name="Refusal">Why the worker is refused; null where it is welcome.</param>
/// <param name="Statement">What the gateway states, where the worker sent a nonce; null in a refusal.</param>
/// <param name="Signature">The statement's signature.</param>
public sealed record WelcomeLine(
    int Protocol,
    TunnelRefusal? Refusal = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] byte[]? Statement = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] byte[]? Signature = null);
