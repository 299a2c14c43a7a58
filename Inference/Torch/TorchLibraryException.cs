namespace CocoonOrleans.Inference.Torch;

/// <summary>libtorch can't be used on this machine. The message says what is missing and what to do.</summary>
public sealed class TorchLibraryException(string message, Exception? inner = null) : Exception(message, inner);
