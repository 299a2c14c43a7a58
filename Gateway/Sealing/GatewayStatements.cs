using System.Security.Cryptography;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tunnel.Trust;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Sealing;

/// <summary>States to each worker that dials of which network this gateway is, signed by its tunnel's key for the worker's nonce.</summary>
public sealed class GatewayStatements(TunnelIdentity identity, IOptions<GatewayOptions> options, TimeProvider time) : IGatewayStatements
{
    private const int BootIdBytes = 16;

    private static readonly string Version = $"cocoon-gateway {typeof(GatewayStatements).Assembly.GetName().Version!.ToString(fieldCount: 3)}";

    private readonly byte[] _bootId = RandomNumberGenerator.GetBytes(BootIdBytes);

    /// <inheritdoc/>
    public (byte[] Statement, byte[] Signature) State(string nonce) => GatewayStatement.Make(
        options.Value.NetworkId,
        _bootId,
        Version,
        identity.PublicKey.SubjectPublicKeyInfo,
        new Digest(Convert.FromHexString(nonce)),
        time.GetUtcNow(),
        identity.Sign);
}
