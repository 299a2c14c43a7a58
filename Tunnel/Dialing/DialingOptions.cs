namespace CocoonOrleans.Tunnel.Dialing;

/// <summary>How a worker dials.</summary>
public sealed record DialingOptions
{
    /// <summary>The wait after the first failure.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest wait between attempts.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long connection, TLS and welcome line may take together.</summary>
    public TimeSpan DialTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A tunnel that lived this long was a good one: after it, waiting begins at <see cref="FirstWait"/> again.</summary>
    public TimeSpan GoodTunnel { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Name and version that stand in the hello line.</summary>
    public required string Software { get; init; }

    /// <summary>The boot id that stands in the hello line.</summary>
    public required string BootId { get; init; }
}
