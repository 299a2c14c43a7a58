using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Inference.Native;

/// <summary>Makes a model's decoder or encoder out of its weights and serves it.</summary>
/// <param name="folder">The model's files.</param>
/// <param name="contextTokens">Highest number of positions.</param>
/// <param name="countBlocks">How many blocks of key-value cache the memory for it gets; may refuse.</param>
/// <param name="makeLane">Makes the lane around a decoder.</param>
/// <param name="cancellationToken">Gives up, unless the decoder is being made already.</param>
internal sealed class LoadCommand(ModelFolder folder, int contextTokens, Func<CacheRoom, int> countBlocks, Func<ITransformer, ModelLane> makeLane, CancellationToken cancellationToken) : IEngineCommand
{
    private readonly TaskCompletionSource<ModelLane> _lane = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The lane; fails as making the decoder fails.</summary>
    public Task<ModelLane> Lane => _lane.Task;

    public void Run(IDecoderFactory decoders, List<ModelLane> lanes)
    {
        ITransformer? decoder = null;
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            decoder = decoders.Make(folder, contextTokens, countBlocks(decoders.RoomFor(folder)));
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

    /// <summary>What is compiled or prepared at the first call of an operation is not to be waited for by the first request.</summary>
    private static void WarmUp(ITransformer decoder)
    {
        var rows = new float[decoder.RowSize];
        var batch = new StepBatch(2);
        var blocks = new BlockTable();
        blocks.Add(0);
        foreach (var (ids, position) in ((int[], int)[])[([0, 0], 0), ([0], 2)])
        {
            if (position + ids.Length > decoder.ContextTokens || (position > 0 && !decoder.IsCausal))
            {
                break;
            }

            batch.Clear();
            batch.Add(ids, position, blocks, logitRows: 1);
            while (!decoder.Continue(batch, rows))
            {
            }
        }

        decoder.Clear(0);
    }
}
