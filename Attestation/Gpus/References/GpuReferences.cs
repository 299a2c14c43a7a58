namespace CocoonOrleans.Attestation.Gpus.References;

/// <summary>What is needed to judge what GPUs run, beside their reports: NVIDIA's signed documents. All of it may come from anyone, in any order.</summary>
public sealed record GpuReferences
{
    /// <summary>The most documents that are looked at.</summary>
    public const int MostManifests = 16;

    /// <summary>The most answers that are looked at.</summary>
    public const int MostRevocationAnswers = 128;

    /// <summary>Reference integrity manifests of drivers and of VBIOS, as NVIDIA's service tells them, decoded.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Manifests { get; init; } = [];

    /// <summary>Answers of NVIDIA's OCSP responder about the certificates of GPUs and of the manifests' signers, DER (RFC 6960).</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> RevocationAnswers { get; init; } = [];
}
