using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Tokenization.Tokenizers;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.WorkerHost.Jobs;

/// <summary>
/// Writes the chunks of one answer (OpenAI's <c>chat.completion.chunk</c>), each into the same buffer: what a method returns is valid until the next call.
/// id, created and model are the same in every chunk. Not thread-safe.
/// </summary>
/// <param name="dispatch">Has id, time and model.</param>
/// <param name="systemFingerprint">Names engine and weights.</param>
/// <param name="tokenizer">Names tokens beside their log-probabilities.</param>
/// <param name="includeUsage">Whether every chunk has <c>"usage":null</c>; the chunk with the usage is the gateway's.</param>
internal sealed class ChunkWriter(JobDispatch dispatch, string systemFingerprint, Tokenizer tokenizer, bool includeUsage) : IDisposable
{
    /// <summary>Most characters in one chunk: escaped six-fold, with all else, they fit a record.</summary>
    public const int MaxCharacters = 4096;

    /// <summary>What OpenAI's API has in place of an infinity, which JSON can't say.</summary>
    private const double LeastLogprob = -9999;

    private readonly ArrayBufferWriter<byte> _buffer = new(512);
    // Relaxed: the chunk is read as JSON, never pasted into a page, and other scripts than Latin stay one third of the size.
    private readonly Utf8JsonWriter _json = new(Stream.Null, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });

    private TokenGenerated? _scored;

    /// <summary>Which of the answers the next chunks belong to, from 0 up.</summary>
    public int Choice { get; set; }

    /// <summary>Puts a token's log-probabilities into the next chunk.</summary>
    public void Score(TokenGenerated token) => _scored = token;

    /// <summary>Whether a token's log-probabilities wait for a chunk.</summary>
    public bool HasScore => _scored is not null;

    /// <summary>The first chunk.</summary>
    public ReadOnlyMemory<byte> Role()
    {
        Begin();
        _json.WriteString("role"u8, "assistant"u8);
        _json.WriteString("content"u8, ""u8);
        return End(null);
    }

    /// <summary>A piece of the text, at most <see cref="MaxCharacters"/>.</summary>
    public ReadOnlyMemory<byte> Content(ReadOnlySpan<char> text)
    {
        Begin();
        _json.WriteString("content"u8, text);
        return End(null);
    }

    /// <summary>A piece of what the model wrote to itself, at most <see cref="MaxCharacters"/>. Not OpenAI's, but what the field's servers send.</summary>
    public ReadOnlyMemory<byte> Reasoning(ReadOnlySpan<char> text)
    {
        Begin();
        _json.WriteString("reasoning_content"u8, text);
        return End(null);
    }

    /// <summary>The beginning of a call; its arguments follow.</summary>
    public ReadOnlyMemory<byte> ToolCall(int index, string id, string name)
    {
        BeginToolCall(index);
        _json.WriteString("id"u8, id);
        _json.WriteString("type"u8, "function"u8);
        _json.WriteStartObject("function"u8);
        _json.WriteString("name"u8, name);
        _json.WriteString("arguments"u8, ""u8);
        return EndToolCall();
    }

    /// <summary>A piece of a call's arguments, at most <see cref="MaxCharacters"/>.</summary>
    public ReadOnlyMemory<byte> ToolArguments(int index, ReadOnlySpan<char> text)
    {
        BeginToolCall(index);
        _json.WriteStartObject("function"u8);
        _json.WriteString("arguments"u8, text);
        return EndToolCall();
    }

    /// <summary>The last chunk.</summary>
    public ReadOnlyMemory<byte> Finish(string reason)
    {
        Begin();
        return End(reason);
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private void BeginToolCall(int index)
    {
        Begin();
        _json.WriteStartArray("tool_calls"u8);
        _json.WriteStartObject();
        _json.WriteNumber("index"u8, index);
    }

    private ReadOnlyMemory<byte> EndToolCall()
    {
        _json.WriteEndObject();
        _json.WriteEndObject();
        _json.WriteEndArray();
        return End(null);
    }

    private void Begin()
    {
        _buffer.ResetWrittenCount();
        _json.Reset(_buffer);
        _json.WriteStartObject();
        _json.WriteString("id"u8, dispatch.CompletionId);
        _json.WriteString("object"u8, "chat.completion.chunk"u8);
        _json.WriteNumber("created"u8, dispatch.Created.ToUnixTimeSeconds());
        _json.WriteString("model"u8, dispatch.Model);
        _json.WriteString("system_fingerprint"u8, systemFingerprint);
        _json.WriteStartArray("choices"u8);
        _json.WriteStartObject();
        _json.WriteNumber("index"u8, Choice);
        _json.WriteStartObject("delta"u8);
    }

    private ReadOnlyMemory<byte> End(string? finishReason)
    {
        _json.WriteEndObject();
        WriteLogprobs();
        if (finishReason is null)
        {
            _json.WriteNull("finish_reason"u8);
        }
        else
        {
            _json.WriteString("finish_reason"u8, finishReason);
        }

        _json.WriteEndObject();
        _json.WriteEndArray();
        if (includeUsage)
        {
            _json.WriteNull("usage"u8);
        }

        _json.WriteEndObject();
        _json.Flush();
        return _buffer.WrittenMemory;
    }

    private void WriteLogprobs()
    {
        if (_scored is not { Logprobs: { } logprobs } token)
        {
            _json.WriteNull("logprobs"u8);
            return;
        }

        _scored = null;
        _json.WriteStartObject("logprobs"u8);
        _json.WriteStartArray("content"u8);
        _json.WriteStartObject();
        WriteToken(token.Id, logprobs.Logprob);
        _json.WriteStartArray("top_logprobs"u8);
        foreach (TokenLogprob top in logprobs.Top)
        {
            _json.WriteStartObject();
            WriteToken(top.Id, top.Logprob);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.WriteEndArray();
        _json.WriteNull("refusal"u8);
        _json.WriteEndObject();
    }

    private void WriteToken(int id, double logprob)
    {
        // A special token stands for no bytes of the text, but has a name.
        ReadOnlySpan<byte> bytes = tokenizer.IsSpecial(id) ? Encoding.UTF8.GetBytes(tokenizer.TokenOf(id) ?? "") : tokenizer.BytesOf(id);
        _json.WriteString("token"u8, Encoding.UTF8.GetString(bytes));
        _json.WriteNumber("logprob"u8, Math.Max(logprob, LeastLogprob));
        _json.WriteStartArray("bytes"u8);
        foreach (byte part in bytes)
        {
            _json.WriteNumberValue(part);
        }

        _json.WriteEndArray();
    }
}
