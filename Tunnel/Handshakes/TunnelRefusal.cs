namespace CocoonOrleans.Tunnel.Handshakes;

/// <summary>Why one side will not have the other, in words that a person can act on.</summary>
/// <param name="Code">One of <see cref="TunnelRefusalCodes"/>; a newer peer may know more.</param>
/// <param name="Message">One sentence: what is wrong and what to do.</param>
public sealed record TunnelRefusal(string Code, string Message);
