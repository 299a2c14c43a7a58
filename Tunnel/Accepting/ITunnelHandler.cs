namespace CocoonOrleans.Tunnel.Accepting;

/// <summary>What a gateway does with an accepted tunnel.</summary>
public interface ITunnelHandler
{
    /// <summary>
    /// Owns the tunnel for its whole life; when it returns or throws, the tunnel is closed. Send the first request, <see
    /// cref="WorkerTunnel.GetRegistrationAsync"/>, at once: until then no pings go out, and a dead worker would not be noticed. Once the worker is
    /// registered, call <see cref="WorkerTunnel.AdmitAsync"/>.
    /// </summary>
    /// <param name="tunnel">A tunnel to a trusted worker.</param>
    /// <param name="cancellationToken">Cancelled when the tunnel has ended or the gateway stops.</param>
    Task ServeAsync(WorkerTunnel tunnel, CancellationToken cancellationToken);
}
