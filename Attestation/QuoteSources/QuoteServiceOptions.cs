namespace CocoonOrleans.Attestation.QuoteSources;

/// <summary>How a quote service is asked.</summary>
public sealed record QuoteServiceOptions
{
    /// <summary>The service's unix socket, at most 107 bytes.</summary>
    public required string Socket { get; init; }

    /// <summary>The longest that a quote may take.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Socket);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(TimeLimit, TimeSpan.Zero);
    }
}
