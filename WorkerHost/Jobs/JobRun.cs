using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Usage;
using CocoonOrleans.WorkerHost.Hosting;
using CocoonOrleans.WorkerHost.Registration;

namespace CocoonOrleans.WorkerHost.Jobs;

/// <summary>Lets the engine answer a job, writes the answer's records and reports what it used, however it ends.</summary>
internal sealed partial class JobRun(IInferenceEngine engine, JobUsage usage, WorkerDrain drain, TimeProvider time, ILogger<JobRun> logger)
{
    /// <summary>Answers a job up to its final or error record.</summary>
    /// <exception cref="OperationCanceledException">Nobody wants the answer any more; its report is kept.</exception>
    public async Task AnswerAsync(PreparedJob job, AnswerWriter answer, CancellationToken gone)
    {
        DateTimeOffset started = time.GetUtcNow();
        var progress = new GenerationUsage(job.PromptTokens, 0, 0);
        GenerationFinished? finished = null;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(gone, drain.Drained);
        try
        {
            EngineCapabilities capabilities = engine.Capabilities;
            string kind = capabilities.Kind.ToWireName();
            await answer.WriteAsync(new JobMeta(job.Model.Loaded.ManifestSha256, kind, capabilities.Version, job.PromptTokens));
            using var chunks = new ChunkWriter(job.Dispatch, SystemFingerprint.Of(kind, capabilities.Version, job.Model.Loaded.ManifestSha256), job.IncludeUsage);
            bool begun = false;
            await foreach (GenerationEvent step in engine.GenerateAsync(job.Generation, over.Token))
            {
                if (step is TokenGenerated)
                    progress = progress with { CompletionTokens = progress.CompletionTokens + 1 };
                if (!begun)
                    await answer.WriteChunkAsync(chunks.Role());
                begun = true;
                await WriteTextAsync(answer, chunks, step.Text);
                finished = step as GenerationFinished;
            }
            await FinishAsync(job, answer, chunks, started, finished ?? throw new InvalidOperationException("The engine's answer has no end."));
        }
        catch (EngineRefusalException e)
        {
            JobError error = JobErrors.Of(e.Refusal);
            LogRefused(job.Dispatch.JobId, error.Code);
            await answer.WriteAsync(error);
        }
        catch (GenerationFailedException e)
        {
            LogFailed(e, job.Dispatch.JobId);
            await FailAsync(job, answer, started, e.Usage, JobErrors.Of(e));
        }
        catch (OperationCanceledException) when (!gone.IsCancellationRequested && drain.Drained.IsCancellationRequested)
        {
            LogCutShort(job.Dispatch.JobId, progress.CompletionTokens);
            await FailAsync(job, answer, started, progress, JobErrors.Draining);
        }
        catch (OperationCanceledException)
        {
            // Where the engine was done, the answer is complete and so reported already, though its end did not get through.
            if (finished is null)
                await usage.ReportAsync(job, started, progress, UsageStatus.Cancelled, null);
            LogCancelled(job.Dispatch.JobId, progress.CompletionTokens);
            throw;
        }
        catch (Exception e)
        {
            LogFailed(e, job.Dispatch.JobId);
            await FailAsync(job, answer, started, progress, JobErrors.EngineFailed);
        }
    }

    private async Task FinishAsync(PreparedJob job, AnswerWriter answer, ChunkWriter chunks, DateTimeOffset started, GenerationFinished finished)
    {
        string reason = finished.Reason == FinishReason.Length ? "length" : "stop";
        // First: whatever happens to the stream from here on, the work is reported.
        SignedUsageReport report = await usage.ReportAsync(job, started, finished.Usage, UsageStatus.Complete, reason);
        await answer.WriteChunkAsync(chunks.Finish(reason));
        await answer.WriteAsync(new JobFinal(reason, report));
        LogAnswered(job.Dispatch.JobId, finished.Usage.PromptTokens, finished.Usage.CompletionTokens, (time.GetUtcNow() - started).TotalMilliseconds);
    }

    private async Task FailAsync(PreparedJob job, AnswerWriter answer, DateTimeOffset started, GenerationUsage used, JobError error)
    {
        SignedUsageReport report = await usage.ReportAsync(job, started, used, UsageStatus.Failed, null);
        await answer.WriteAsync(error with { Usage = report });
    }

    private static async Task WriteTextAsync(AnswerWriter answer, ChunkWriter chunks, string text)
    {
        for (int start = 0; start < text.Length;)
        {
            int length = Math.Min(ChunkWriter.MaxCharacters, text.Length - start);
            // A surrogate pair stays in one chunk.
            if (start + length < text.Length && char.IsHighSurrogate(text[start + length - 1]))
                length--;
            await answer.WriteChunkAsync(chunks.Content(text.AsSpan(start, length)));
            start += length;
        }
    }
}
