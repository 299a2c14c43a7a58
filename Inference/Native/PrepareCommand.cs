using CocoonOrleans.Inference.Engines;

namespace CocoonOrleans.Inference.Native;

/// <summary>Loads what computes, or says what is missing.</summary>
internal sealed class PrepareCommand : IEngineCommand
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Fails as <see cref="IDecoderFactory.Prepare"/> fails.</summary>
    public Task Done => _done.Task;

    public void Run(IDecoderFactory decoders, List<ModelLane> lanes)
    {
        try
        {
            decoders.Prepare();
            _done.SetResult();
        }
        catch (Exception e)
        {
            _done.SetException(e);
        }
    }

    public void Refuse(EngineRefusal refusal) => _done.SetException(new EngineRefusalException(refusal));
}
