namespace CocoonOrleans.Attestation.Gpus.References;

/// <summary>What one measurement of a GPU must be.</summary>
/// <param name="Index">Its number in NVIDIA's documents, from 0; the report counts from 1.</param>
/// <param name="Name">NVIDIA's name of it, for people.</param>
/// <param name="Alternatives">The values that it may have, 48 bytes each as a rule.</param>
public sealed record ReferenceMeasurement(int Index, string Name, IReadOnlyList<ReadOnlyMemory<byte>> Alternatives);
