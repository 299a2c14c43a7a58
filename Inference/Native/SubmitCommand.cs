using CocoonOrleans.Inference.Engines;

namespace CocoonOrleans.Inference.Native;

/// <summary>Lets the sequences of a request wait for their turn.</summary>
internal sealed class SubmitCommand(ModelLane lane, params IReadOnlyList<Sequence> sequences) : IEngineCommand
{
    public void Run(IDecoderFactory decoders, List<ModelLane> lanes)
    {
        if (lane.OutOfService)
        {
            Refuse(ModelLane.OutOfServiceRefusal(lane.Model));
            return;
        }

        foreach (var sequence in sequences)
        {
            lane.Enqueue(sequence);
        }
    }

    public void Refuse(EngineRefusal refusal)
    {
        foreach (var sequence in sequences)
        {
            sequence.Refuse(refusal);
        }
    }
}
