namespace CocoonOrleans.Grains.Attestation;

/// <summary>What is stored of a machine whose TDs are advised to start again.</summary>
[GenerateSerializer, Alias("cocoon.AttestedPlatformRecord")]
internal sealed class AttestedPlatformRecord
{
    /// <summary>When the advice was first seen; null where there is none.</summary>
    [Id(0)]
    public DateTimeOffset? Since { get; set; }

    /// <summary>When it was last seen, to <see cref="AttestedPlatformGrain.Step"/>.</summary>
    [Id(1)]
    public DateTimeOffset LastSeen { get; set; }

    /// <summary>Whether hardware showed it.</summary>
    [Id(2)]
    public bool IsHardware { get; set; }
}
