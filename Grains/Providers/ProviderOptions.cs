using System.ComponentModel.DataAnnotations;

namespace CocoonOrleans.Grains.Providers;

/// <summary>Settings of providers; section <c>Providers</c>.</summary>
public sealed class ProviderOptions
{
    /// <summary>How long another payout address waits before it counts: the time in which the owner of a stolen key can take it back.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan AddressDelay { get; set; } = TimeSpan.FromDays(1);

    /// <summary>The least time between two orders of a provider.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan OrderInterval { get; set; } = TimeSpan.FromMinutes(1);
}
