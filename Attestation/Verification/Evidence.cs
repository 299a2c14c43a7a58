using CocoonOrleans.Attestation.Collaterals;
using CocoonOrleans.Attestation.EventLogs;
using CocoonOrleans.Attestation.Gpus;
using CocoonOrleans.Attestation.Gpus.References;

namespace CocoonOrleans.Attestation.Verification;

/// <summary>What a worker shows, and what is needed to judge it. All of it may come from anyone.</summary>
public sealed record Evidence
{
    /// <summary>The quote, as it came.</summary>
    public required ReadOnlyMemory<byte> Quote { get; init; }

    /// <summary>Intel's documents about the platform.</summary>
    public required Collateral Collateral { get; init; }

    /// <summary>What was measured, event by event; null where none came.</summary>
    public EventLog? EventLog { get; init; }

    /// <summary>What the worker's GPUs show (<see cref="GpuEvidence"/>), its bytes; null where none came.</summary>
    public ReadOnlyMemory<byte>? Gpus { get; init; }

    /// <summary>NVIDIA's documents to judge the GPUs by; null where none came.</summary>
    public GpuReferences? GpuReferences { get; init; }

    /// <summary>The statement that the quote was made for, its bytes; null where none came.</summary>
    public ReadOnlyMemory<byte>? Statement { get; init; }
}
