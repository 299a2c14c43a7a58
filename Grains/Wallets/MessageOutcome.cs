namespace CocoonOrleans.Grains.Wallets;

/// <summary>What a destination made of a message.</summary>
/// <param name="Bounced">Whether it refused it: the rest of the value comes back.</param>
/// <param name="ExitCode">What its code said, 0 for success; null where there is no code.</param>
public sealed record MessageOutcome(bool Bounced, int? ExitCode);
