namespace CocoonOrleans.Attestation.Simulated.Worlds;

/// <summary>What is to be different in a CRL; by default it is a day old and holds for twenty.</summary>
/// <param name="now">When it is made.</param>
public sealed class CrlSettings(DateTimeOffset now)
{
    /// <summary>From when it holds.</summary>
    public DateTimeOffset ThisUpdate { get; set; } = now.AddDays(-1);

    /// <summary>Until when it holds.</summary>
    public DateTimeOffset NextUpdate { get; set; } = now.AddDays(20);

    /// <summary>Its number; null for a list without one.</summary>
    public int? Number { get; set; } = 7;

    /// <summary>Adds a critical extension that no standard knows to the list.</summary>
    public bool HasUnknownCriticalExtension { get; set; }

    /// <summary>The same to each entry.</summary>
    public bool HasUnknownCriticalEntryExtension { get; set; }

    /// <summary>Names another algorithm outside than inside.</summary>
    public bool HasOtherOuterAlgorithm { get; set; }

    /// <summary>Signs it with a key that nobody knows.</summary>
    public bool IsSignedByStranger { get; set; }
}
