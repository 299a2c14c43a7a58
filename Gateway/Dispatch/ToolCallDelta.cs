namespace CocoonOrleans.Gateway.Dispatch;

/// <summary>A piece of a call of a function: where it has id and name, the call's beginning.</summary>
/// <param name="Index">The call's number in the answer, from 0 up.</param>
/// <param name="Id">The call's id; null in later pieces.</param>
/// <param name="Name">The function; null in later pieces.</param>
/// <param name="Arguments">The next piece of its arguments.</param>
public sealed record ToolCallDelta(int Index, string? Id, string? Name, string Arguments);
