using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Completions;
using CocoonOrleans.Gateway.Metrics;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Gateway.Dispatch;

/// <summary>The answer to a chat: chunks, each checked and counted, and then the client's.</summary>
/// <param name="job">The job.</param>
/// <param name="sink">Where the answer goes.</param>
/// <param name="metrics">Told of the first token.</param>
/// <param name="time">The clock.</param>
public sealed class ChatAnswer(ChatJob job, IAnswerSink sink, GatewayMetrics metrics, TimeProvider time) : IJobAnswer
{
    /// <inheritdoc/>
    public bool HasDelivered => sink.HasDelivered;

    /// <inheritdoc/>
    public AnswerReader Begin()
    {
        sink.Reset();
        return new Reader(job, sink, metrics, time);
    }

    private static int Count(Tokenizer tokenizer, string text)
    {
        try
        {
            return tokenizer.Count(text);
        }
        catch (TokenizerFormatException)
        {
            // A text made to keep the splitting pattern busy is not paid for.
            return 0;
        }
    }

    private sealed class Reader(ChatJob job, IAnswerSink sink, GatewayMetrics metrics, TimeProvider time) : AnswerReader
    {
        private readonly ChunkReader _chunks =
            new(JobNames.OfCompletion(job.JobId), job.Created.ToUnixTimeSeconds(), job.Model.Name, job.TakesLogprobs, job.Choices);

        private readonly AnswerText[] _texts =
            [.. Enumerable.Range(0, job.Choices).Select(_ => new AnswerText(text => Count(job.ChatModel.Tokenizer, text), job.MaxTokensPerChoice))];

        private readonly string?[] _finishReasons = new string?[job.Choices];
        private readonly EventSplitter _events = new();
        private readonly long _sent = time.GetTimestamp();

        public override int CountTokens() => _texts.Sum(static text => text.CountTokens());

        public override ValueTask<string?> TakeAsync(ReadOnlyMemory<byte> bytes) => _events.TakeAsync(bytes, TakeChunkAsync);

        private async ValueTask<string?> TakeChunkAsync(ReadOnlyMemory<byte> body)
        {
            if (_chunks.Read(body.Span, out ChunkContent content) is not ChunkFault.None and var fault)
            {
                return $"chunk_{fault}";
            }

            AnswerText text = _texts[content.Choice];
            string written = content.WrittenBy(job.ForcedCall);
            bool first = written.Length > 0 && Array.TrueForAll(_texts, static text => text.IsEmpty);
            if (content.ToolCall is { Name: not null } && job.ForcedCall?.Name is null)
            {
                text.AddCall();
            }

            if (!text.TryAppend(written) || !text.TryScore(content.Logprobs?.Length ?? 0))
            {
                await CutAsync();
                return "too_many_tokens";
            }

            // The role comes with the engine's first token. Text may come much later: a call of a function is held back until it is whole.
            HasBegun |= content.HasRole;
            if (first)
            {
                job.Progress.FirstToken = time.GetTimestamp();
                metrics.FirstToken(job.Arrived, job.Model.Name);
                metrics.FirstRecord(_sent);
            }

            Finish(content.Choice, content.FinishReason);
            bool tells = job.Stream && content.FinishReason is not null && Worker is not null;
            await sink.DeliverAsync(tells ? ChunkWriting.WithProvider(body.Span, Worker!) : body, content);
            return null;
        }

        private void Finish(int choice, string? reason)
        {
            _finishReasons[choice] = reason;
            FinishReason = Array.TrueForAll(_finishReasons, static reason => reason is not null) ? _finishReasons[0] : null;
            job.Progress.FinishReason = FinishReason;
        }

        /// <summary>The hold ends here, and so does whatever had not ended.</summary>
        private async ValueTask CutAsync()
        {
            for (int choice = 0; choice < _finishReasons.Length; choice++)
            {
                if (_finishReasons[choice] is null)
                {
                    const string Length = "length";
                    Finish(choice, Length);
                    await sink.DeliverAsync(ChunkWriting.Finish(job, choice, Length, Worker), new ChunkContent(false, "", Length) { Choice = choice });
                }
            }
        }
    }
}
