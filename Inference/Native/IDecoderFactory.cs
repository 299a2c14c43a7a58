using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Inference.Native;

/// <summary>Makes decoders and encoders. Made, used and disposed on the engine's thread alone, like everything that it makes.</summary>
internal interface IDecoderFactory : IDisposable
{
    /// <summary>Loads what it computes with. Called before a model's files are read, so that what is missing is said at once; does nothing when called again.</summary>
    /// <exception cref="Torch.TorchLibraryException">libtorch is wanted and can't be used.</exception>
    /// <exception cref="Cuda.CudaException">A GPU is wanted and can't be used.</exception>
    void Prepare()
    {
    }

    /// <summary>The memory for a model's keys and values, once its weights have theirs.</summary>
    /// <exception cref="Formats.ModelFormatException">The backend doesn't compute such models.</exception>
    CacheRoom RoomFor(ModelFolder model) => CacheRoom.OfMachine(model.Shape);

    /// <summary>Makes the decoder or encoder of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="contextTokens">Highest number of positions of a sequence.</param>
    /// <param name="blocks">Blocks of its key-value cache.</param>
    /// <exception cref="Formats.ModelFormatException">The weights don't fit the model's configuration.</exception>
    ITransformer Make(ModelFolder model, int contextTokens, int blocks);
}
