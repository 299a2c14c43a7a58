using CocoonOrleans.Inference.Engines;

namespace CocoonOrleans.Inference.Native;

/// <summary>Something that the engine's thread is to do. Exactly one of both methods is called, on that thread.</summary>
internal interface IEngineCommand
{
    /// <summary>Does it. Throws nothing.</summary>
    void Run(IDecoderFactory decoders, List<ModelLane> lanes);

    /// <summary>Answers whoever waits for it: it will not be done.</summary>
    void Refuse(EngineRefusal refusal);
}
