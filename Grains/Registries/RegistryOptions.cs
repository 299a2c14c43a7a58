using System.ComponentModel.DataAnnotations;

namespace CocoonOrleans.Grains.Registries;

/// <summary>The network's registry; section <c>Registry</c>. Without an address there is none, and each gateway's own policy is all there is.</summary>
public sealed class RegistryOptions : IValidatableObject
{
    /// <summary>The name of the configuration section.</summary>
    public const string Section = "Registry";

    /// <summary>Its address on the chain, in either form.</summary>
    public string? Address { get; set; }

    /// <summary>A file that holds the address, in place of <see cref="Address"/>; read when the registry is first read.</summary>
    public string? AddressFile { get; set; }

    /// <summary>How often the chain is asked.</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "00:10:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How old the chain's last word may be for new workers to be admitted by it. Those that are there go on until their statements end.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Whether there is one.</summary>
    public bool IsUsed => Address is { Length: > 0 } || AddressFile is { Length: > 0 };

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Address is { Length: > 0 } && AddressFile is { Length: > 0 })
        {
            yield return new ValidationResult("Address or AddressFile, not both.", [nameof(AddressFile)]);
        }
    }
}
