namespace CocoonOrleans.Grains.Attestation;

/// <summary>What a revocation names.</summary>
[GenerateSerializer, Alias("cocoon.RevocationKind")]
public enum RevocationKind
{
    /// <summary>A worker: hex SHA-256 of its key, 64 digits.</summary>
    Worker,

    /// <summary>A machine: its platform id, 64 hex digits.</summary>
    Platform,

    /// <summary>An image: its id, 64 hex digits.</summary>
    Image,

    /// <summary>Whatever starts with this MRTD: 96 hex digits.</summary>
    Measurement,
}
