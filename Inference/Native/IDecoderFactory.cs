using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Inference.Native;

/// <summary>Makes decoders. Made, used and disposed on the engine's thread alone, like everything that it makes.</summary>
internal interface IDecoderFactory : IDisposable
{
    /// <summary>Makes the decoder of a model, for at most so many sequences at once.</summary>
    /// <exception cref="Formats.ModelFormatException">The weights don't fit the model's configuration.</exception>
    IDecoder Make(ModelFolder model, int contextTokens, int slots);
}
