using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace CocoonOrleans.Inference.Engines;

/// <summary>Several answers to one prompt, for engines that compute each as a request of its own: all at once, their events mixed, and they end together where one fails.</summary>
internal static class MixedAnswers
{
    /// <summary>Makes one answer.</summary>
    /// <param name="request">The request for it alone.</param>
    /// <param name="choice">Which it is.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public delegate IAsyncEnumerable<GenerationEvent> Answer(GenerationRequest request, int choice, CancellationToken cancellationToken);

    /// <summary>The events of all answers of a request. A slow reader pauses all of them.</summary>
    public static IAsyncEnumerable<GenerationEvent> Of(GenerationRequest request, Answer answer, CancellationToken cancellationToken)
    {
        var alone = request.Apart();
        return alone.Count == 1 ? answer(alone[0], 0, cancellationToken) : MixAsync(alone, answer, cancellationToken);
    }

    private static async IAsyncEnumerable<GenerationEvent> MixAsync(
        IReadOnlyList<GenerationRequest> requests, Answer answer, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var events = Channel.CreateBounded<GenerationEvent>(requests.Count);
        var counts = new int[requests.Count];
        var all = Task.WhenAll(requests.Select((request, choice) => PassOnAsync(answer(request, choice, over.Token), choice)));
        var ends = all.ContinueWith(ended => events.Writer.TryComplete(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        try
        {
            await foreach (var step in events.Reader.ReadAllAsync(CancellationToken.None))
            {
                yield return step;
            }
        }
        finally
        {
            // Where the reader leaves, nothing goes on behind its back.
            await over.CancelAsync();
            await ends;
        }

        async Task PassOnAsync(IAsyncEnumerable<GenerationEvent> answer, int choice)
        {
            try
            {
                await foreach (var step in answer)
                {
                    counts[choice] += step is TokenGenerated ? 1 : 0;
                    await events.Writer.WriteAsync(step, over.Token);
                }
            }
            catch (Exception e)
            {
                // The first to fail is the one to tell; the others may only follow from it.
                events.Writer.TryComplete(Told(e, counts.Sum(), requests[0].PromptIds.Length));
                await over.CancelAsync();
            }
        }
    }

    /// <summary>A failure as one of the whole request. A refusal that comes after another answer has begun is none any more.</summary>
    private static Exception Told(Exception error, int completionTokens, int promptTokens)
    {
        var usage = new GenerationUsage(promptTokens, 0, completionTokens);
        return error switch
        {
            GenerationFailedException failed => new GenerationFailedException(failed.Failure, failed.Message, usage with { CachedTokens = failed.Usage.CachedTokens }, failed),
            EngineRefusalException refused when completionTokens > 0 => new GenerationFailedException(
                refused.Refusal.Kind == EngineRefusalKind.DeadlinePassed ? GenerationFailure.DeadlinePassed : GenerationFailure.Upstream, "One of the answers can't begin.", usage, refused),
            _ => error,
        };
    }
}
