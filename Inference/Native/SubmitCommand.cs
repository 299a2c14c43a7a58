using CocoonOrleans.Inference.Engines;

namespace CocoonOrleans.Inference.Native;

/// <summary>Lets a request wait for its turn.</summary>
internal sealed class SubmitCommand(ModelLane lane, Sequence sequence) : IEngineCommand
{
    public void Run(IDecoderFactory decoders, List<ModelLane> lanes)
    {
        if (lane.OutOfService)
        {
            sequence.Refuse(ModelLane.OutOfServiceRefusal(lane.Model));
        }
        else
        {
            lane.Enqueue(sequence);
        }
    }

    public void Refuse(EngineRefusal refusal) => sequence.Refuse(refusal);
}
