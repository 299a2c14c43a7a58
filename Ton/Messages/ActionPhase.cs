namespace CocoonOrleans.Ton.Messages;

/// <summary>What became of the messages that the code wanted to send.</summary>
/// <param name="Success">Whether all was done, but for what was skipped.</param>
/// <param name="ResultCode">0, or why not.</param>
/// <param name="SkippedActions">Messages left out in silence: mode 2, and the balance didn't cover them.</param>
/// <param name="MessagesCreated">Messages sent.</param>
public sealed record ActionPhase(bool Success, int ResultCode, int SkippedActions, int MessagesCreated);
