namespace CocoonOrleans.Inference.Cuda;

/// <summary>One GPU as the driver describes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ComputeCapability">Major x 10 + minor, such as 90.</param>
/// <param name="MemoryBytes">Its memory.</param>
public sealed record GpuDescription(string Name, int ComputeCapability, long MemoryBytes);
