using CocoonOrleans.Ton.Messages;

namespace CocoonOrleans.Ton.Wallets;

/// <summary>A message that a wallet sends, and how.</summary>
/// <param name="Message">The message.</param>
/// <param name="Mode">See <see cref="SendMode"/>. W5 takes nothing without <see cref="SendMode.IgnoreErrors"/> from outside.</param>
public sealed record WalletTransfer(OutgoingMessage Message, SendMode Mode = SendMode.PayFeesSeparately | SendMode.IgnoreErrors);
