namespace CocoonOrleans.Inference.Engines;

/// <summary>The stages of loading a model, in their order.</summary>
public enum LoadStage
{
    /// <summary>Reading and hashing the files.</summary>
    Reading,

    /// <summary>Waiting for the server that computes the model, and looking whether it is the right one.</summary>
    Connecting,

    /// <summary>Making the decoder out of the weights, which are quantised where the engine is told to. Bytes are those that the weights have in float32.</summary>
    Building,

    /// <summary>The model answers.</summary>
    Ready,
}
