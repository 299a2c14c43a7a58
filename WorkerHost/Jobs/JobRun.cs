using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Sealing.Answers;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Tokenization.ToolCalls;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.WorkerHost.Hosting;
using CocoonOrleans.WorkerHost.Metrics;
using CocoonOrleans.WorkerHost.Registration;

namespace CocoonOrleans.WorkerHost.Jobs;

/// <summary>Lets the engine answer a job, writes the answer and signs what it used, however it ends: once.</summary>
internal sealed partial class JobRun(
    IInferenceEngine engine, JobReceipts receipts, WorkerDrain drain, WorkerMetrics metrics, TimeProvider time, ILogger<JobRun> logger)
{
    private const int InputsAtOnce = 64;
    private const int TokensAtOnce = 4_096;

    /// <summary>Answers a job up to its last record.</summary>
    /// <exception cref="OperationCanceledException">Nobody wants the answer any more; its receipt is kept.</exception>
    public async Task AnswerAsync(PreparedJob job, AnswerWriter answer, CancellationToken gone)
    {
        var progress = new JobProgress(job, time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(gone, drain.Drained);
        try
        {
            await (job switch
            {
                PreparedChat chat => GenerateAsync(chat, progress, answer, over.Token),
                PreparedEmbeddings embeddings => EmbedAsync(embeddings, progress, answer, over.Token),
                _ => throw new InvalidOperationException("A job of a kind that nobody does."),
            });
        }
        catch (EngineRefusalException e)
        {
            JobError error = JobErrors.Of(e.Refusal, job.InputParam);
            LogRefused(job.Dispatch.JobId, error.Code);
            metrics.Refused(error.Code);
            await answer.FailAsync(error);
        }
        catch (GenerationFailedException e)
        {
            LogFailed(e, job.Dispatch.JobId);
            progress.Usage = e.Usage;
            await FailAsync(progress, answer, JobErrors.Of(e));
        }
        catch (OperationCanceledException) when (!progress.IsReported && !gone.IsCancellationRequested && drain.Drained.IsCancellationRequested)
        {
            LogCutShort(job.Dispatch.JobId, progress.Usage.CompletionTokens);
            await FailAsync(progress, answer, JobErrors.Draining);
        }
        catch (OperationCanceledException)
        {
            // Where the answer was complete, it is so reported already, though its end did not get through.
            if (!progress.IsReported)
            {
                await AbandonAsync(progress, answer);
            }

            LogCancelled(job.Dispatch.JobId, progress.Usage.CompletionTokens);
            throw;
        }
        catch (Exception e) when (!progress.IsReported)
        {
            LogFailed(e, job.Dispatch.JobId);
            await FailAsync(progress, answer, JobErrors.EngineFailed);
        }
    }

    /// <summary>Some inputs at a time: what is done is on its way while the rest is computed, and little is held in memory.</summary>
    private async Task EmbedAsync(PreparedEmbeddings job, JobProgress progress, AnswerWriter answer, CancellationToken over)
    {
        EngineCapabilities capabilities = engine.Capabilities;
        await answer.BeginAsync(new AnswerMeta(StatusCodes.Status200OK, "application/octet-stream", job.ModelManifest, capabilities.Kind.ToWireName()));
        foreach (int[][] inputs in Portions(job.Inputs))
        {
            EmbeddingResult result = await engine.EmbedAsync(
                new EmbeddingRequest
                {
                    Model = job.Model.Name,
                    Inputs = [.. inputs.Select(ids => (ReadOnlyMemory<int>)ids)],
                    Dimensions = job.Dimensions,
                    Deadline = job.Dispatch.Deadline,
                    Tenant = job.Tenant,
                },
                over);
            foreach (ReadOnlyMemory<byte> record in VectorRecords.Of(result.Vectors))
            {
                await answer.WriteAsync(record);
            }
        }

        await EndAsync(progress, answer, "stop");
        LogAnswered(job.Dispatch.JobId, job.PromptTokens, 0, time.GetElapsedTime(progress.Taken).TotalMilliseconds);
    }

    /// <summary>The inputs in portions of which each is soon done: the gateway waits for the first vectors only so long.</summary>
    private static IEnumerable<int[][]> Portions(IEnumerable<int[]> inputs)
    {
        var (portion, tokens) = (new List<int[]>(), 0);
        foreach (var input in inputs)
        {
            if (portion.Count > 0 && (portion.Count == InputsAtOnce || tokens + input.Length > TokensAtOnce))
            {
                yield return [.. portion];
                portion.Clear();
                tokens = 0;
            }

            portion.Add(input);
            tokens += input.Length;
        }

        if (portion.Count > 0)
        {
            yield return [.. portion];
        }
    }

    private async Task GenerateAsync(PreparedChat job, JobProgress progress, AnswerWriter answer, CancellationToken over)
    {
        EngineCapabilities capabilities = engine.Capabilities;
        string kind = capabilities.Kind.ToWireName();
        await answer.BeginAsync(new AnswerMeta(StatusCodes.Status200OK, "text/event-stream", job.ModelManifest, kind));
        using var chunks = new ChunkWriter(job.Dispatch, SystemFingerprint.Of(kind, capabilities.Version, job.Model.Loaded.ManifestSha256), job.Model.Loaded.Tokenizer, job.IncludeUsage);
        bool[] begun = new bool[job.Parsers.Count];
        string? last = null;
        await foreach (GenerationEvent step in engine.GenerateAsync(job.Generation, over))
        {
            AnswerParser parser = job.Parsers[step.Choice];
            chunks.Choice = step.Choice;
            bool isReasoning = parser.IsReasoning;
            IReadOnlyList<AnswerPart> parts = parser.Append(step.Text);
            if (step is TokenGenerated)
            {
                progress.AddToken(isReasoning);
            }

            if (!begun[step.Choice])
            {
                answer.AddEvent(chunks.Role());
                begun[step.Choice] = true;
            }

            if (step is TokenGenerated { Logprobs: not null } scored)
            {
                chunks.Score(scored);
            }

            AddParts(answer, chunks, job, parts);
            if (chunks.HasScore)
            {
                answer.AddEvent(chunks.Content(""));
            }

            if (step is GenerationFinished end)
            {
                AddParts(answer, chunks, job, parser.Complete());
                last = end.Reason == FinishReason.Length ? "length" : parser.Calls > 0 ? "tool_calls" : "stop";
                progress.End(end, last);
                if (progress.Open > 0)
                {
                    answer.AddEvent(chunks.Finish(last));
                }
            }

            // What a step says goes in one record, but for the last: that goes with the finish.
            if (progress.Open > 0)
            {
                await answer.FlushAsync();
            }
        }

        if (last is null || progress.Open > 0)
        {
            throw new InvalidOperationException("The engine's answer has no end.");
        }

        answer.AddEvent(chunks.Finish(last));
        await EndAsync(progress, answer, progress.FirstFinishReason!);
        LogAnswered(job.Dispatch.JobId, progress.Usage.PromptTokens, progress.Usage.CompletionTokens, time.GetElapsedTime(progress.Taken).TotalMilliseconds);
    }

    private Task EndAsync(JobProgress progress, AnswerWriter answer, string finishReason) =>
        answer.EndAsync(finishReason, receipts.UsageOf(progress, ReceiptStatus.Complete), receipt => KeepAsync(progress, ReceiptStatus.Complete, receipt));

    private async Task FailAsync(JobProgress progress, AnswerWriter answer, JobError error)
    {
        try
        {
            await answer.FailAsync(error, receipts.UsageOf(progress, ReceiptStatus.Error), receipt => KeepAsync(progress, ReceiptStatus.Error, receipt));
        }
        catch (OperationCanceledException) when (!progress.IsReported)
        {
            await AbandonAsync(progress, answer);
            throw;
        }
    }

    private async Task AbandonAsync(JobProgress progress, AnswerWriter answer) =>
        await KeepAsync(progress, ReceiptStatus.Partial, await answer.AbandonAsync(receipts.UsageOf(progress, ReceiptStatus.Partial)));

    /// <summary>Before it leaves: whatever happens to the stream from here on, the work is reported.</summary>
    private Task KeepAsync(JobProgress progress, ReceiptStatus status, SignedReceipt receipt)
    {
        progress.IsReported = true;
        metrics.Ended(progress.Job.Model.Name, status is ReceiptStatus.Complete ? "complete" : status is ReceiptStatus.Partial ? "cancelled" : "failed", progress.Taken);
        return receipts.KeepAsync(progress.Job.Dispatch, receipt);
    }

    private static void AddParts(AnswerWriter answer, ChunkWriter chunks, PreparedChat job, IReadOnlyList<AnswerPart> parts)
    {
        foreach (AnswerPart part in parts)
        {
            switch (part)
            {
                case ContentPart content:
                    AddText(answer, content.Text, chunks.Content);
                    break;
                case ReasoningPart reasoning:
                    AddText(answer, reasoning.Text, chunks.Reasoning);
                    break;
                case ToolCallPart call:
                    answer.AddEvent(chunks.ToolCall(call.Index, $"call_{job.Dispatch.JobId.Replace("-", "", StringComparison.Ordinal)}_{chunks.Choice}_{call.Index}", call.Name));
                    AddText(answer, call.Arguments, text => chunks.ToolArguments(call.Index, text));
                    break;
            }
        }
    }

    private static void AddText(AnswerWriter answer, string text, ChunkOf chunk)
    {
        for (int start = 0; start < text.Length;)
        {
            int length = Math.Min(ChunkWriter.MaxCharacters, text.Length - start);
            // A surrogate pair stays in one chunk.
            if (start + length < text.Length && char.IsHighSurrogate(text[start + length - 1]))
            {
                length--;
            }

            answer.AddEvent(chunk(text.AsSpan(start, length)));
            start += length;
        }
    }

    private delegate ReadOnlyMemory<byte> ChunkOf(ReadOnlySpan<char> text);
}
