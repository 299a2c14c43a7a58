using System.ComponentModel.DataAnnotations;

namespace CocoonOrleans.Ton.Chain;

/// <summary>Settings of one endpoint.</summary>
public sealed class ChainEndpointOptions
{
    /// <summary>Up to and with <c>/api/v2/</c>; https, but for loopback.</summary>
    [Required]
    public Uri? Address { get; set; }

    /// <summary>Who runs it, since two endpoints of one owner are one witness; by default the host of the address.</summary>
    [StringLength(64)]
    public string Owner { get; set; } = "";

    /// <summary>Sent as <c>X-API-Key</c>; empty where the endpoint asks for none.</summary>
    [StringLength(256)]
    public string ApiKey { get; set; } = "";

    /// <summary>How many calls a second it is asked, 1 to 1,000; and as many at once after a pause. toncenter grants 10 with a key, 1 without.</summary>
    [Range(1, 1000)]
    public int RequestsPerSecond { get; set; } = 10;

    /// <summary>The owner, by default the host.</summary>
    public string OwnerOrHost => Owner is { Length: > 0 } owner ? owner : Address?.Host ?? "";
}
