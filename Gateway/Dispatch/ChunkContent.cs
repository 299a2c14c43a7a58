namespace CocoonOrleans.Gateway.Dispatch;

/// <summary>What one chunk says.</summary>
/// <param name="HasRole">Whether it is the first one, with <c>delta.role</c>.</param>
/// <param name="Text">Its piece of the answer; empty where it has none.</param>
/// <param name="FinishReason">Why the answer ended: stop or length; null where it goes on.</param>
public readonly record struct ChunkContent(bool HasRole, string Text, string? FinishReason);
