namespace CocoonOrleans.Grains.Attestation;

/// <summary>What is stored of a worker's evidence.</summary>
[GenerateSerializer, Alias("cocoon.AttestedSessionRecord")]
internal sealed class AttestedSessionRecord
{
    /// <summary>The newest; null where there is none.</summary>
    [Id(0)]
    public AttestedSession? Session { get; set; }

    /// <summary>The machines that the worker's key has shown, oldest first; at most 16.</summary>
    [Id(1)]
    public List<string> Platforms { get; set; } = [];
}
