using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Inference.Native;

/// <summary>Makes a model's decoder out of its weights and serves it.</summary>
/// <param name="folder">The model's files.</param>
/// <param name="contextTokens">Highest number of positions.</param>
/// <param name="slots">Highest number of sequences at once.</param>
/// <param name="makeLane">Makes the lane around a decoder.</param>
/// <param name="cancellationToken">Gives up, unless the decoder is being made already.</param>
internal sealed class LoadCommand(ModelFolder folder, int contextTokens, int slots, Func<IDecoder, ModelLane> makeLane, CancellationToken cancellationToken) : IEngineCommand
{
    private readonly TaskCompletionSource<ModelLane> _lane = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The lane; fails as making the decoder fails.</summary>
    public Task<ModelLane> Lane => _lane.Task;

    public void Run(IDecoderFactory decoders, List<ModelLane> lanes)
    {
        IDecoder? decoder = null;
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            decoder = decoders.Make(folder, contextTokens, slots);
            WarmUp(decoder);
            var lane = makeLane(decoder);
            lanes.Add(lane);
            _lane.SetResult(lane);
        }
        catch (OperationCanceledException)
        {
            _lane.SetCanceled(cancellationToken);
        }
        catch (Exception e)
        {
            decoder?.Dispose();
            _lane.SetException(e);
        }
    }

    public void Refuse(EngineRefusal refusal) => _lane.SetException(new EngineRefusalException(refusal));

    /// <summary>What libtorch prepares at the first call of an operation is not to be waited for by the first request.</summary>
    private static void WarmUp(IDecoder decoder)
    {
        var logits = new float[decoder.VocabularySize];
        decoder.Prefill(0, [0], logits);
        decoder.Decode([0], [1], logits);
        decoder.Clear(0, 2);
    }
}
