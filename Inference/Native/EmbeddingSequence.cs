using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Sampling;
using CocoonOrleans.Inference.Scheduling;

namespace CocoonOrleans.Inference.Native;

/// <summary>One input of which a vector is made.</summary>
internal sealed class EmbeddingSequence(EmbeddingBatch batch, int index, ReadOnlySpan<int> tokens, VectorPool pool, string tenant, long submitted) : Sequence(tokens, submitted)
{
    private float[]? _vector;

    /// <inheritdoc/>
    public override string? TenantName => tenant;

    /// <inheritdoc/>
    public override RequestPlaces Places => batch.Places;

    /// <inheritdoc/>
    public override DateTimeOffset? Deadline => batch.Deadline;

    /// <inheritdoc/>
    /// <remarks>A mean takes every state, so each has to be computed.</remarks>
    public override bool Shares => false;

    /// <inheritdoc/>
    public override int LogitRows(int rows) => pool.TakesLastOnly ? base.LogitRows(rows) : rows;

    /// <inheritdoc/>
    public override bool Advance(Span<float> logits, TokenSampler sampler)
    {
        pool.Take(logits);
        if (Pending > 0)
        {
            return false;
        }

        _vector = pool.ToVector();
        if (_vector is null)
        {
            Fail(GenerationFailure.NotANumber, "The model computed something that has no direction.");
            return false;
        }

        Completed = true;
        End(null);
        return false;
    }

    /// <inheritdoc/>
    protected override GenerationFailedException FailureOf(GenerationFailure failure, string message, Exception? inner) => new(failure, message, batch.Usage, inner);

    /// <inheritdoc/>
    protected override void Tell(Exception? error)
    {
        if (error is null)
        {
            batch.Complete(index, _vector!);
        }
        else
        {
            batch.Fail(error);
        }
    }
}
