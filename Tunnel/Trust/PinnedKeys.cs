using System.Collections.Frozen;
using CocoonOrleans.Tunnel.Handshakes;

namespace CocoonOrleans.Tunnel.Trust;

/// <summary>Trusts a fixed set of keys.</summary>
/// <param name="labels">The trusted ids (64 lower-case hex digits), each with a name for people.</param>
public sealed class PinnedKeys(IReadOnlyDictionary<string, string> labels) : ITunnelTrust
{
    private readonly FrozenDictionary<string, string> _labels = labels.ToFrozenDictionary();

    /// <summary>Trusts one key.</summary>
    public static PinnedKeys Only(string id, string label) => new(new Dictionary<string, string> { [id] = label });

    /// <inheritdoc/>
    public ValueTask<TrustVerdict> JudgeAsync(TunnelPeer peer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(peer);
        return new(_labels.TryGetValue(peer.Key.Id, out string? label)
            ? TrustVerdict.Trusted(label)
            : TrustVerdict.Refused(new TunnelRefusal(TunnelRefusalCodes.KeyNotAllowed,
                $"The key {peer.Key.Id} is not one of the {_labels.Count} pinned here.")));
    }
}
