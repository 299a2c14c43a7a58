namespace CocoonOrleans.Inference.Upstream;

/// <summary>A model can't be loaded because of the server that should compute it. The message says what to do; nothing of an answer is in it.</summary>
public sealed class UpstreamException(string message, Exception? inner = null) : Exception(message, inner);
