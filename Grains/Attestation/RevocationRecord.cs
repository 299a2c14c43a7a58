namespace CocoonOrleans.Grains.Attestation;

/// <summary>What is stored of revocations.</summary>
[GenerateSerializer, Alias("cocoon.RevocationRecord")]
internal sealed class RevocationRecord
{
    /// <summary>Rises with each change.</summary>
    [Id(0)]
    public long Version { get; set; }

    /// <summary>All of them, oldest first.</summary>
    [Id(1)]
    public List<Revocation> Revocations { get; set; } = [];
}
