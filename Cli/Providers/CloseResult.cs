namespace CocoonOrleans.Cli.Providers;

/// <summary>The JSON object of <c>cocoon worker close</c>.</summary>
/// <param name="Channel">The channel, in raw form.</param>
/// <param name="CumulativeNano">What it will have paid over its life.</param>
public sealed record CloseResult(string Channel, string CumulativeNano);
