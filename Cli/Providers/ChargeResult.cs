namespace CocoonOrleans.Cli.Providers;

/// <summary>The JSON object of <c>cocoon worker charge</c>.</summary>
/// <param name="Channel">Where to send the message, in raw form.</param>
/// <param name="Network">The network that the voucher is for, config parameter 19.</param>
/// <param name="Serial">The voucher's number.</param>
/// <param name="CumulativeNano">All that it promises over the life of the channel.</param>
/// <param name="AmountNano">What the message carries for its gas; the rest comes back.</param>
/// <param name="Body">The message's body, a bag of cells in base64.</param>
/// <param name="Link">The same for a wallet.</param>
public sealed record ChargeResult(string Channel, int Network, long Serial, string CumulativeNano, string AmountNano, string Body, string Link);
