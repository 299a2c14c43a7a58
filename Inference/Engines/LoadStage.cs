namespace CocoonOrleans.Inference.Engines;

/// <summary>The stages of loading a model, in their order.</summary>
public enum LoadStage
{
    /// <summary>Waiting for the key of an encrypted model.</summary>
    Unlocking,

    /// <summary>Reading and hashing the files; those that are encrypted are decrypted as they are read.</summary>
    Reading,

    /// <summary>Waiting for the server that computes the model, and looking whether it is the right one.</summary>
    Connecting,

    /// <summary>Making the decoder out of the weights, which are quantised where the engine is told to. Bytes are those that the weights have in float32.</summary>
    Building,

    /// <summary>The model answers.</summary>
    Ready,
}
