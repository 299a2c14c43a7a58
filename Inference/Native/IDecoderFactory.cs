using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Inference.Native;

/// <summary>Makes decoders and encoders. Made, used and disposed on the engine's thread alone, like everything that it makes.</summary>
internal interface IDecoderFactory : IDisposable
{
    /// <summary>Makes the decoder or encoder of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="contextTokens">Highest number of positions of a sequence.</param>
    /// <param name="blocks">Blocks of its key-value cache.</param>
    /// <exception cref="Formats.ModelFormatException">The weights don't fit the model's configuration.</exception>
    ITransformer Make(ModelFolder model, int contextTokens, int blocks);
}
