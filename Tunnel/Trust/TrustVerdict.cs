using CocoonOrleans.Tunnel.Handshakes;

namespace CocoonOrleans.Tunnel.Trust;

/// <summary>The outcome of a trust decision.</summary>
public sealed record TrustVerdict
{
    private TrustVerdict(string? label, TunnelRefusal? refusal) => (Label, Refusal) = (label, refusal);

    /// <summary>On what grounds the peer is trusted, for people: the name of a pinned key, or "development: any key". Null where it is not.</summary>
    public string? Label { get; }

    /// <summary>Why the peer is refused and what to do about it; it is told to the peer. Null where it is trusted.</summary>
    public TunnelRefusal? Refusal { get; }

    /// <summary>Whether the peer is trusted.</summary>
    public bool IsTrusted => Refusal is null;

    /// <summary>The peer is trusted.</summary>
    public static TrustVerdict Trusted(string label) => new(label, null);

    /// <summary>The peer is refused.</summary>
    public static TrustVerdict Refused(TunnelRefusal refusal) => new(null, refusal);
}
