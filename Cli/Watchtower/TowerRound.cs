namespace CocoonOrleans.Cli.Watchtower;

/// <summary>What one look found.</summary>
/// <param name="Channels">Each channel, in the order of their addresses.</param>
internal sealed record TowerRound(IReadOnlyList<TowerChannel> Channels)
{
    /// <summary>Whether nothing is in danger.</summary>
    public bool IsSafe => Channels.All(channel => channel.Action is TowerAction.None or TowerAction.Charged);

    /// <summary>Whether it says what another one said.</summary>
    public bool Says(TowerRound other) => Channels.SequenceEqual(other.Channels);
}
