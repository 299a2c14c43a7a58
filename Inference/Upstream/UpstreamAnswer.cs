using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Inference.Upstream;

/// <summary>One answer as it comes from the server, turned into token ids. For one caller; disposing it tells the server that nobody wants the rest.</summary>
internal sealed class UpstreamAnswer(UpstreamModel model, UpstreamEngineOptions options, UpstreamRequest request) : IAsyncDisposable
{
    // The first event may hold the prompt's ids, and each of SGLang's everything so far.
    private const int EventBytesPerToken = 64;
    private const int EventBytes = 1 << 20;

    private readonly TextTokens? _text = model.Encoding is { } encoding ? new TextTokens(encoding) : null;
    private EventStreamReader? _events;
    private int _received;
    private bool _begun;

    /// <summary>Why the answer ended; null while it goes on.</summary>
    public FinishReason? Finish { get; private set; }

    /// <summary>The model that the server says it used; null where the dialect doesn't say.</summary>
    public string? AnswersAs { get; private set; } = model.AnswersAs;

    /// <summary>Told about each event as the server sent it; null for nobody. Only for requests that hold nothing of a client: then faults may quote the server.</summary>
    public Action<UpstreamChunk>? Seen { get; init; }

    /// <summary>The next tokens; none only where <see cref="Finish"/> is set, and where it is, they are the last ones.</summary>
    /// <exception cref="UpstreamFaultException">The server did something wrong.</exception>
    public async Task<IReadOnlyList<UpstreamToken>> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var chunk = await model.Http.WithinAsync(_begun ? options.TokenLimit : options.FirstTokenLimit, ReadChunkAsync, cancellationToken);
            _begun = true;
            Seen?.Invoke(chunk);
            var tokens = _text is null ? TakeIds(chunk) : TakeText(_text, chunk);
            if (tokens.Count > 0 || Finish is not null)
            {
                return tokens;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_events is not null)
        {
            await _events.DisposeAsync();
        }
    }

    /// <summary>Reads up to the next event that adds something: the limit is on that, so a server can't stretch it with empty events.</summary>
    private async Task<UpstreamChunk> ReadChunkAsync(CancellationToken cancellationToken)
    {
        _events ??= await model.Http.PostForEventsAsync(
            model.Protocol.Path, Body(), EventBytes + EventBytesPerToken * model.Loaded.ContextTokens, quote: Seen is not null, options.FirstTokenLimit, cancellationToken);
        while (true)
        {
            if (await _events.ReadAsync(cancellationToken) is not { } data || data.Span.SequenceEqual("[DONE]"u8))
            {
                throw new UpstreamFaultException(UpstreamFault.Broken, "it ended the stream before the answer");
            }

            if (Parse(data) is { IsEmpty: false } chunk)
            {
                return chunk;
            }
        }
    }

    private UpstreamChunk Parse(ReadOnlyMemory<byte> data)
    {
        using var json = UpstreamJson.Parse(data, "an event");
        if (UpstreamJson.Find(json.RootElement, "error") is { } error)
        {
            var busy = UpstreamJson.FindInteger(error, "code") is 429 or 503;
            throw new UpstreamFaultException(busy ? UpstreamFault.Busy : UpstreamFault.Broken, "it sent an error instead of an answer; its own log says why");
        }

        var chunk = model.Protocol.Read(json.RootElement, _received);
        if (chunk.Model is { } name && name != (AnswersAs ??= name))
        {
            throw new UpstreamFaultException(UpstreamFault.Broken, "another model answers than the one that was loaded");
        }

        return chunk;
    }

    private IReadOnlyList<UpstreamToken> TakeIds(UpstreamChunk chunk)
    {
        _received += chunk.Ids.Count;
        Finish = chunk.Finish;
        if (!chunk.Ids.All(IsKnown))
        {
            throw UpstreamJson.Broken("there is a token id that the model's tokenizer doesn't have");
        }

        if (request.Generation.Sampling.TopLogprobs is not { } top)
        {
            return [.. chunk.Ids.Select(id => new UpstreamToken(id))];
        }

        return chunk.Ids.Count == 0 || chunk.Logprobs?.Count == chunk.Ids.Count
            ? [.. chunk.Ids.Select((id, i) => new UpstreamToken(id, Likeliest(chunk.Logprobs![i], top)))]
            : throw UpstreamJson.Broken("there is not a log-probability for each token");
    }

    /// <summary>As many as were asked for, of ids that have a text here: some models have more rows than their tokenizer has tokens.</summary>
    private TokenLogprobs Likeliest(TokenLogprobs logprobs, int top)
        => logprobs with { Top = [.. logprobs.Top.Where(entry => IsKnown(entry.Id)).OrderByDescending(entry => entry.Logprob).ThenBy(entry => entry.Id).Take(top)] };

    private bool IsKnown(int id) => id >= 0 && id < model.Loaded.Tokenizer.VocabularySize;

    private IReadOnlyList<UpstreamToken> TakeText(TextTokens text, UpstreamChunk chunk)
    {
        // An end token has no text, but llama-server shows its id.
        Finish = chunk.Finish ?? (chunk.Ids.Any(request.StopIds.Contains) ? FinishReason.Stop : null);
        try
        {
            var ids = text.Append(chunk.Text);
            return [.. (Finish is null ? ids : [.. ids, .. text.Flush()]).Select(id => new UpstreamToken(id))];
        }
        catch (TokenizerFormatException)
        {
            throw new UpstreamFaultException(UpstreamFault.Broken, "it sent text on which the model's tokenizer takes too long");
        }
    }

    private ReadOnlyMemory<byte> Body()
    {
        var buffer = new ArrayBufferWriter<byte>(1024 + 8 * request.Generation.PromptIds.Length);
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        model.Protocol.Write(json, request);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }
}
