namespace CocoonOrleans.Tunnel.Dialing;

/// <summary>The gateways that a worker dials.</summary>
public sealed class GatewayLinks
{
    /// <summary>One link for each gateway.</summary>
    public GatewayLinks(IEnumerable<GatewayEndPoint> gateways)
    {
        ArgumentNullException.ThrowIfNull(gateways);
        All = [.. gateways.Select(gateway => new GatewayLink(gateway))];
    }

    /// <summary>All of them, in the order of configuration.</summary>
    public IReadOnlyList<GatewayLink> All { get; }

    /// <summary>Waits until one gateway has admitted the worker.</summary>
    public async Task<GatewayLink> WaitForAdmissionAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAny(All.Select(link => link.FirstAdmission)).WaitAsync(cancellationToken);
        return All.First(link => link.FirstAdmission.IsCompleted);
    }

    internal GatewayLink Of(GatewayEndPoint endPoint) => All.First(link => link.EndPoint == endPoint);
}
