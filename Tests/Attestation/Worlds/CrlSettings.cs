namespace CocoonOrleans.Tests.Attestation.Worlds;

/// <summary>What is to be different in a CRL.</summary>
internal sealed class CrlSettings
{
    public DateTimeOffset ThisUpdate { get; set; } = World.Now.AddDays(-1);

    public DateTimeOffset NextUpdate { get; set; } = World.Now.AddDays(20);

    public int Number { get; set; } = 7;

    /// <summary>Adds a critical extension that no standard knows to the list.</summary>
    public bool HasUnknownCriticalExtension { get; set; }

    /// <summary>The same to each entry.</summary>
    public bool HasUnknownCriticalEntryExtension { get; set; }

    /// <summary>Names another algorithm outside than inside.</summary>
    public bool HasOtherOuterAlgorithm { get; set; }

    public bool IsSignedByStranger { get; set; }
}
