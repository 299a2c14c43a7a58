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
        private readonly ChunkReader _chunks = new(JobNames.OfCompletion(job.JobId), job.Created.ToUnixTimeSeconds(), job.Model.Name, job.TakesLogprobs);
        private readonly AnswerText _text = new(text => Count(job.ChatModel.Tokenizer, text), job.MaxCompletionTokens);
        private readonly long _sent = time.GetTimestamp();

        public override int CountTokens() => _text.CountTokens();

        public override async ValueTask<string?> TakeAsync(ReadOnlyMemory<byte> body)
        {
            if (_chunks.Read(body.Span, out ChunkContent content) is not ChunkFault.None and var fault)
            {
                return $"chunk_{fault}";
            }

            string written = content.Written;
            bool first = _text.IsEmpty && written.Length > 0;
            if (content.ToolCall is { Name: not null } && !job.ForcesCall)
            {
                _text.AddCall();
            }

            if (!_text.TryAppend(written) || !_text.TryScore(content.Logprobs?.Length ?? 0))
            {
                // The hold ends here, and so does the answer.
                FinishReason = "length";
                await sink.DeliverAsync(ChunkWriting.Finish(job, FinishReason), new ChunkContent(false, "", FinishReason));
                return "too_many_tokens";
            }

            // The role comes with the engine's first token. Text may come much later: a call of a function is held back until it is whole.
            HasBegun |= content.HasRole;
            if (first)
            {
                metrics.FirstToken(job.Arrived, job.Model.Name);
                metrics.FirstRecord(_sent);
            }

            FinishReason = content.FinishReason;
            await sink.DeliverAsync(body, content);
            return null;
        }
    }
}
