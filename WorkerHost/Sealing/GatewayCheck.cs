using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tunnel.Trust;
using CocoonOrleans.WorkerHost.Hosting;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.WorkerHost.Sealing;

/// <summary>Holds a gateway to its statement: of this worker's network, as a gateway, by the pinned key, for this dial.</summary>
public sealed class GatewayCheck(IOptions<WorkerOptions> options, TimeProvider time) : IGatewayCheck
{
    /// <inheritdoc/>
    public string? FindFault(TunnelPublicKey key, string nonce, byte[]? statement, byte[]? signature)
    {
        ArgumentNullException.ThrowIfNull(key);
        var fault = GatewayStatement.Check(statement, signature, options.Value.NetworkId, key.SubjectPublicKeyInfo, new Digest(Convert.FromHexString(nonce)), time.GetUtcNow());
        return fault switch
        {
            GatewayStatementFault.None => null,
            GatewayStatementFault.Format => "The gateway stated nothing, or not in the form of this version of the protocol; update the older side.",
            GatewayStatementFault.Network => $"The gateway is of another network than {options.Value.NetworkId}: set Worker:NetworkId, or dial another gateway.",
            GatewayStatementFault.Role => "What answers does not state that it is a gateway: dial another one.",
            GatewayStatementFault.Tier => "The gateway claims a tier that only a quote shows, and shows none: dial another one.",
            GatewayStatementFault.Time => "The gateway's statement does not hold now: set the clocks.",
            GatewayStatementFault.Key => "The gateway's statement names another key than the pinned one: dial another gateway.",
            GatewayStatementFault.Nonce => "The gateway's statement was made for another dial: somebody plays it again.",
            _ => "The gateway's statement is not signed by the key that it names: dial another gateway.",
        };
    }
}
