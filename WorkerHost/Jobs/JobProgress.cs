using CocoonOrleans.Inference.Engines;

namespace CocoonOrleans.WorkerHost.Jobs;

/// <summary>How far one job has come. Not thread-safe.</summary>
internal sealed class JobProgress(PreparedJob job, TimeProvider time)
{
    public PreparedJob Job { get; } = job;

    /// <summary>When it was taken.</summary>
    public DateTimeOffset Started { get; } = time.GetUtcNow();

    /// <summary>The clock's timestamp of the same moment.</summary>
    public long Taken { get; } = time.GetTimestamp();

    /// <summary>What it used so far, over all of its answers.</summary>
    public GenerationUsage Usage { get; set; } = new(job.PromptTokens, 0, 0);

    /// <summary>Whether its receipt is made: a second one would contradict it.</summary>
    public bool IsReported { get; set; }

    /// <summary>How many of its tokens were reasoning.</summary>
    public int ReasoningTokens { get; private set; }

    /// <summary>Answers of a chat that have not ended.</summary>
    public int Open { get; private set; } = (job as PreparedChat)?.Generation.Choices ?? 0;

    /// <summary>The finish reason of the first answer; null before its end.</summary>
    public string? FirstFinishReason { get; private set; }

    /// <summary>An answer has ended.</summary>
    /// <param name="end">How.</param>
    /// <param name="reason">OpenAI's finish reason.</param>
    public void End(GenerationFinished end, string reason)
    {
        Open--;
        Usage = Usage with { PromptTokens = end.Usage.PromptTokens, CachedTokens = end.Usage.CachedTokens };
        FirstFinishReason = end.Choice == 0 ? reason : FirstFinishReason;
    }

    /// <summary>One more token was generated.</summary>
    /// <param name="isReasoning">Whether it was reasoning.</param>
    public void AddToken(bool isReasoning)
    {
        Usage = Usage with { CompletionTokens = Usage.CompletionTokens + 1 };
        ReasoningTokens += isReasoning ? 1 : 0;
    }
}
