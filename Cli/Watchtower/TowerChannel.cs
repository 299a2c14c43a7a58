namespace CocoonOrleans.Cli.Watchtower;

/// <summary>What was seen of a channel.</summary>
/// <param name="Channel">Its address, or the file where there is none.</param>
/// <param name="Action">What is done.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="CumulativeNano">What the voucher promises, in nano; null where there is none.</param>
/// <param name="ClaimedNano">What the chain has paid, in nano; null where it was not seen.</param>
/// <param name="UnlockTime">When the payer may go on, Unix seconds; null where it doesn't leave.</param>
/// <param name="IsLate">Whether half of the payer's delay is over, and the voucher is not claimed: somebody has to look.</param>
internal sealed record TowerChannel(string Channel, TowerAction Action, string Reason, string? CumulativeNano = null, string? ClaimedNano = null, long? UnlockTime = null, bool IsLate = false);
