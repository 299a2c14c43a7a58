namespace CocoonOrleans.Cli.Keys;

/// <summary>The JSON object of <c>cocoon key create</c>.</summary>
/// <param name="File">What was written.</param>
/// <param name="Purpose">What the key is for: wallet, voucher, provider or owner.</param>
/// <param name="Network">The network that it is for, config parameter 19.</param>
/// <param name="PublicKey">64 hex digits.</param>
/// <param name="Address">The wallet's address in raw form, to which coins are sent before it is used; null for other keys.</param>
/// <param name="FriendlyAddress">The same as wallets show it, for a first transfer that doesn't bounce; null for other keys.</param>
public sealed record KeyCreation(string File, string Purpose, int Network, string PublicKey, string? Address, string? FriendlyAddress);
