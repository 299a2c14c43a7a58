namespace CocoonOrleans.Attestation.QuoteSources;

/// <summary>How a quote service is asked.</summary>
public sealed record QuoteServiceOptions
{
    /// <summary>Most characters of a TD's name.</summary>
    public const int LongestTd = 64;

    /// <summary>The service's unix socket, at most 107 bytes.</summary>
    public required string Socket { get; init; }

    /// <summary>Which TD is asked of a service that plays several, 1 to 64 of a-z, 0-9 and '-'; null for the one that it plays for everybody, which measures nothing while it runs.</summary>
    public string? Td { get; init; }

    /// <summary>The longest that a quote may take.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Socket);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(TimeLimit, TimeSpan.Zero);
        if (Td is not null && (Td.Length is 0 or > LongestTd || Td.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyz0123456789-")))
        {
            throw new ArgumentException($"A TD's name has 1 to {LongestTd} of a-z, 0-9 and '-'.", nameof(Td));
        }
    }

    /// <summary>A path of the service, about this TD.</summary>
    internal string Path(string path) => Td is null ? path : $"{path}?td={Td}";
}
