using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Scheduling;

namespace CocoonOrleans.Inference.Native;

/// <summary>The vectors of one request as they come: all or none, and what fails first ends the others. The engine's thread writes, the caller waits.</summary>
internal sealed class EmbeddingBatch
{
    private readonly TaskCompletionSource<EmbeddingResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly float[][] _vectors;
    private readonly int _tokens;
    private int _left;

    /// <param name="request">A request that passed <see cref="RequestRules"/>.</param>
    /// <param name="model">The model.</param>
    /// <param name="pooling">How it makes vectors.</param>
    /// <param name="submitted">When the request came, as the clock's timestamp.</param>
    public EmbeddingBatch(EmbeddingRequest request, LoadedModel model, Models.Pooling pooling, long submitted)
    {
        var size = model.EmbeddingSize!.Value;

        // The inputs of one request take turns as one.
        var tenant = request.Tenant ?? Guid.NewGuid().ToString("N");
        (_vectors, _left) = (new float[request.Inputs.Count][], request.Inputs.Count);
        _tokens = request.Inputs.Sum(input => input.Length);
        Deadline = request.Deadline;
        Sequences = [.. request.Inputs.Select((input, index) => new EmbeddingSequence(this, index, input.Span, new VectorPool(pooling, size, request.Dimensions ?? size), tenant, submitted))];
    }

    /// <summary>One for each input.</summary>
    public IReadOnlyList<EmbeddingSequence> Sequences { get; }

    /// <summary>How many inputs have a place.</summary>
    public RequestPlaces Places { get; } = new();

    /// <summary>When the vectors are of no use any more; null: never.</summary>
    public DateTimeOffset? Deadline { get; }

    /// <summary>The vectors, once all are there.</summary>
    public Task<EmbeddingResult> Result => _result.Task;

    /// <summary>What a failure has used.</summary>
    public GenerationUsage Usage => new(_tokens, 0, 0);

    /// <summary>Nobody wants the rest. For any thread.</summary>
    public void Cancel()
    {
        foreach (var sequence in Sequences)
        {
            sequence.Cancel();
        }
    }

    /// <summary>The deadline passed. For any thread.</summary>
    public void Expire()
    {
        foreach (var sequence in Sequences)
        {
            sequence.Expire();
        }
    }

    /// <summary>An input's vector is there.</summary>
    public void Complete(int index, float[] vector)
    {
        _vectors[index] = vector;
        if (--_left == 0)
        {
            _result.TrySetResult(new EmbeddingResult(_vectors, _tokens));
        }
    }

    /// <summary>An input has none.</summary>
    public void Fail(Exception error)
    {
        if (error is OperationCanceledException ? _result.TrySetCanceled() : _result.TrySetException(error))
        {
            Cancel();
        }
    }
}
