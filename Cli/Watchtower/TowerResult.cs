using System.Text.Json;

namespace CocoonOrleans.Cli.Watchtower;

/// <summary>The JSON object of <c>cocoon watchtower</c>. Amounts are nano, as decimal strings.</summary>
/// <param name="Safe">Whether every voucher whose payer leaves is claimed.</param>
/// <param name="Channels">What was seen last.</param>
public sealed record TowerResult(bool Safe, IReadOnlyList<TowerChannelResult> Channels)
{
    internal static TowerResult Nothing { get; } = new(false, []);

    internal static TowerResult Of(TowerRound round) => new(
        round.IsSafe,
        [.. round.Channels.Select(channel => new TowerChannelResult(
            channel.Channel, JsonNamingPolicy.CamelCase.ConvertName(channel.Action.ToString()), channel.Reason, channel.CumulativeNano, channel.ClaimedNano, channel.UnlockTime, channel.IsLate))]);
}

/// <summary>One channel.</summary>
/// <param name="Channel">Its address, or the file where there is none.</param>
/// <param name="Action"><c>none</c>, <c>charging</c>, <c>charged</c>, <c>noGas</c> or <c>refused</c>.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="CumulativeNano">What the voucher promises; null where there is none.</param>
/// <param name="ClaimedNano">What the chain has paid; null where it was not seen.</param>
/// <param name="UnlockTime">When the payer may go on, Unix seconds; null where it doesn't leave.</param>
/// <param name="Late">Whether half of the payer's delay is over, and the voucher is not claimed.</param>
public sealed record TowerChannelResult(string Channel, string Action, string Reason, string? CumulativeNano, string? ClaimedNano, long? UnlockTime, bool Late);
