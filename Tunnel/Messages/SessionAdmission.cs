namespace CocoonOrleans.Tunnel.Messages;

/// <summary>Tells a worker that its registration was taken: from now on jobs may come.</summary>
/// <param name="Epoch">The number of this session; a higher one of the same worker fences it.</param>
public sealed record SessionAdmission(long Epoch);
