namespace CocoonOrleans.Inference.Torch;

/// <summary>What <see cref="TorchLibrary.Load"/> put into the process.</summary>
/// <param name="Path">The shim that is loaded; empty where the platform's own loader does it (not Linux).</param>
/// <param name="Repaired">True where a repaired copy had to stand in for the shipped file.</param>
/// <param name="Cuda">True where libtorch's part for NVIDIA GPUs was found and loaded.</param>
public sealed record LoadedTorchLibrary(string Path, bool Repaired, bool Cuda);
