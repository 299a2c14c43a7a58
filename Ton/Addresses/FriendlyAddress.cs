namespace CocoonOrleans.Ton.Addresses;

/// <summary>An address, and what its friendly form says beside it.</summary>
/// <param name="Address">The address.</param>
/// <param name="Bounceable">Whether coins should come back when the contract fails.</param>
/// <param name="TestOnly">Whether it is not for mainnet.</param>
public sealed record FriendlyAddress(TonAddress Address, bool Bounceable, bool TestOnly);
