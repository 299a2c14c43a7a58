using System.ComponentModel.DataAnnotations;

namespace CocoonOrleans.Grains.Channels;

/// <summary>Where a provider is paid.</summary>
public sealed class ProviderPayout
{
    /// <summary>An address of workchain 0, in either form.</summary>
    [Required]
    public string Address { get; set; } = "";

    /// <summary>The provider's public key for closes, 64 hexadecimal digits. Never the operator's.</summary>
    [Required]
    public string Key { get; set; } = "";
}
