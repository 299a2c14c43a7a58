using System.Text;
using System.Text.Json;

namespace CocoonOrleans.Client.Answers;

/// <summary>Collects a chat's answer, or several, into one document.</summary>
internal sealed class ChatDocument
{
    private const int MostChoices = 128;

    private readonly ChunkEvents _events = new();
    private readonly SortedDictionary<int, Choice> _choices = [];

    /// <summary>Takes the next piece of the body.</summary>
    /// <exception cref="SealingRefusedException">It is no chat's answer.</exception>
    public void Take(ReadOnlySpan<byte> piece)
    {
        foreach (var chunk in _events.Take(piece))
        {
            try
            {
                Add(chunk);
            }
            catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException)
            {
                throw ChunkEvents.Malformed(e);
            }
        }
    }

    /// <summary>Holds what was told of an answer that broke off to its receipt.</summary>
    /// <exception cref="SealingRefusedException">The counts differ.</exception>
    public void Compare(VerifiedUsage usage) => _events.Compare(usage);

    /// <summary>The document.</summary>
    /// <exception cref="SealingRefusedException">The answer is not whole.</exception>
    public byte[] End(VerifiedUsage usage)
    {
        _events.End(usage);
        if (_choices.Count == 0 || _choices.Values.Any(choice => choice.FinishReason is null))
        {
            throw ChunkEvents.Malformed(null);
        }

        return AnswerDocuments.Write(json =>
        {
            json.WriteString("id", _events.Id);
            json.WriteString("object", "chat.completion");
            json.WriteNumber("created", _events.Created);
            json.WriteString("model", _events.Model);
            json.WriteStartArray("choices");
            foreach (var (index, choice) in _choices)
            {
                choice.Write(json, index);
            }

            json.WriteEndArray();
            AnswerDocuments.WriteUsage(json, usage, generates: true);
            json.WriteString("system_fingerprint", _events.Fingerprint);
            json.WriteString("service_tier", "default");
            AnswerDocuments.WriteProvider(json, usage);
        });
    }

    private void Add(JsonElement chunk)
    {
        foreach (var part in chunk.GetProperty("choices").EnumerateArray())
        {
            var index = part.GetProperty("index").GetInt32();
            if (!_choices.TryGetValue(index, out var choice))
            {
                _choices[index] = choice = _choices.Count < MostChoices ? new Choice() : throw ChunkEvents.Malformed(null);
            }

            choice.Add(part);
        }
    }

    private sealed class Choice
    {
        private readonly StringBuilder _text = new();
        private readonly StringBuilder _reasoning = new();
        private readonly List<JsonElement> _logprobs = [];
        private readonly SortedDictionary<int, Call> _calls = [];

        public string? FinishReason { get; private set; }

        public void Add(JsonElement part)
        {
            FinishReason = part.GetProperty("finish_reason").GetString() ?? FinishReason;
            var delta = part.GetProperty("delta");
            _text.Append(TextOf(delta, "content"));
            _reasoning.Append(TextOf(delta, "reasoning_content"));
            if (part.TryGetProperty("logprobs", out var logprobs) && logprobs.ValueKind == JsonValueKind.Object)
            {
                _logprobs.AddRange(logprobs.GetProperty("content").EnumerateArray());
            }

            if (delta.TryGetProperty("tool_calls", out var calls) && calls.ValueKind == JsonValueKind.Array)
            {
                foreach (var call in calls.EnumerateArray())
                {
                    AddCall(call);
                }
            }
        }

        public void Write(Utf8JsonWriter json, int index)
        {
            json.WriteStartObject();
            json.WriteNumber("index", index);
            json.WriteStartObject("message");
            json.WriteString("role", "assistant");
            json.WriteString("content", _text.Length == 0 && _calls.Count > 0 ? null : _text.ToString());
            if (_reasoning.Length > 0)
            {
                json.WriteString("reasoning_content", _reasoning.ToString());
            }

            WriteCalls(json);
            json.WriteNull("refusal");
            json.WriteEndObject();
            WriteLogprobs(json);
            json.WriteString("finish_reason", FinishReason);
            json.WriteEndObject();
        }

        private void AddCall(JsonElement part)
        {
            var index = part.GetProperty("index").GetInt32();
            if (!_calls.TryGetValue(index, out var call))
            {
                _calls[index] = call = _calls.Count < MostChoices ? new Call() : throw ChunkEvents.Malformed(null);
            }

            call.Id ??= TextOf(part, "id");
            if (part.TryGetProperty("function", out var function))
            {
                call.Name ??= TextOf(function, "name");
                call.Arguments.Append(TextOf(function, "arguments"));
            }
        }

        private void WriteCalls(Utf8JsonWriter json)
        {
            if (_calls.Count == 0)
            {
                return;
            }

            json.WriteStartArray("tool_calls");
            foreach (var call in _calls.Values)
            {
                json.WriteStartObject();
                json.WriteString("id", call.Id);
                json.WriteString("type", "function");
                json.WriteStartObject("function");
                json.WriteString("name", call.Name);
                json.WriteString("arguments", call.Arguments.ToString());
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        private void WriteLogprobs(Utf8JsonWriter json)
        {
            if (_logprobs.Count == 0)
            {
                json.WriteNull("logprobs");
                return;
            }

            json.WriteStartObject("logprobs");
            json.WriteStartArray("content");
            foreach (var token in _logprobs)
            {
                token.WriteTo(json);
            }

            json.WriteEndArray();
            json.WriteNull("refusal");
            json.WriteEndObject();
        }

        private static string? TextOf(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
    }

    private sealed class Call
    {
        public string? Id { get; set; }

        public string? Name { get; set; }

        public StringBuilder Arguments { get; } = new();
    }
}
