namespace CocoonOrleans.Ton.Chain;

/// <summary>One endpoint of toncenter's HTTP API, version 2.</summary>
public sealed record ToncenterOptions
{
    /// <summary>Up to and with <c>/api/v2/</c>.</summary>
    public required Uri Address { get; init; }

    /// <summary>Sent as <c>X-API-Key</c>; none on the development chain.</summary>
    public string? ApiKey { get; init; }

    /// <summary>How long a call may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);
}
