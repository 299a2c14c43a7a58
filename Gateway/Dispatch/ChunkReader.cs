using System.Text.Json;

namespace CocoonOrleans.Gateway.Dispatch;

/// <summary>
/// Holds the chunks of one answer to what an OpenAI client expects, since their bytes go to the client as they are: every field is known, the id, time
/// and model are ours, the first of each answer has the role, nothing follows its finish. Takes any bytes; never throws.
/// </summary>
/// <param name="completionId">The <c>id</c> of every chunk.</param>
/// <param name="created">The <c>created</c> of every chunk, Unix time in seconds.</param>
/// <param name="model">The <c>model</c> of every chunk.</param>
/// <param name="takesLogprobs">Whether log-probabilities were asked for.</param>
/// <param name="choices">How many answers were asked for.</param>
public sealed class ChunkReader(string completionId, long created, string model, bool takesLogprobs = false, int choices = 1)
{
    private const int MaxCalls = 128;

    private static readonly JsonReaderOptions Json = new() { MaxDepth = 10 };

    private readonly Progress[] _choices = new Progress[choices];

    /// <summary>Whether every answer's chunk with the finish reason has come.</summary>
    public bool IsFinished => Array.TrueForAll(_choices, static choice => choice.Finished);

    /// <summary>Reads the next chunk.</summary>
    /// <param name="chunk">Its bytes.</param>
    /// <param name="content">What it says, where it has no fault.</param>
    public ChunkFault Read(ReadOnlySpan<byte> chunk, out ChunkContent content)
    {
        content = default;

        // A line break would end the event in the client's stream.
        if (chunk.IndexOfAny((byte)'\n', (byte)'\r') >= 0)
        {
            return ChunkFault.NotJson;
        }

        var fields = new Fields();
        try
        {
            var reader = new Utf8JsonReader(chunk, Json);
            ChunkFault fault = ReadChunk(ref reader, chunk, ref fields);
            if (fault != ChunkFault.None)
            {
                return fault;
            }

            if (reader.Read())
            {
                return ChunkFault.NotJson;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // InvalidOperationException: a string that is not valid UTF-8, or has half a surrogate pair.
            return ChunkFault.NotJson;
        }

        // One part at most: what is counted is what is passed on.
        int parts = (fields.Text is null or "" ? 0 : 1) + (fields.Reasoning is null ? 0 : 1) + (fields.HasToolCall ? 1 : 0);
        if (parts > 1 || (fields.Logprobs is not null && !takesLogprobs))
        {
            return ChunkFault.BadField;
        }

        bool hasPart = parts > 0;
        ref Progress choice = ref _choices[fields.Choice];
        bool inOrder = !choice.Finished && fields.HasRole != choice.Begun && (fields.FinishReason is null || !hasPart) && IsNextOfCalls(in fields, choice.Calls);
        if (!inOrder)
        {
            return ChunkFault.OutOfOrder;
        }

        if (!fields.HasRole && fields.FinishReason is null && !hasPart && fields.Logprobs is null)
        {
            return ChunkFault.Empty;
        }

        choice.Begun = true;
        choice.Finished = fields.FinishReason is not null;
        choice.Calls += fields.CallName is null ? 0 : 1;
        content = new ChunkContent(fields.HasRole, fields.Text ?? "", fields.FinishReason)
        {
            Choice = fields.Choice,
            Reasoning = fields.Reasoning,
            Logprobs = fields.Logprobs,
            ToolCall = fields.HasToolCall ? new ToolCallDelta(fields.CallIndex, fields.CallId, fields.CallName, fields.Arguments ?? "") : null,
        };
        return ChunkFault.None;
    }

    private ChunkFault ReadChunk(ref Utf8JsonReader reader, ReadOnlySpan<byte> chunk, ref Fields fields)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return ChunkFault.NotJson;
        }

        int seen = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int bit;
            bool valid;
            if (reader.ValueTextEquals("id"u8))
            {
                (bit, valid) = (1, IsText(ref reader, completionId));
            }
            else if (reader.ValueTextEquals("object"u8))
            {
                (bit, valid) = (2, IsText(ref reader, "chat.completion.chunk"));
            }
            else if (reader.ValueTextEquals("created"u8))
            {
                (bit, valid) = (4, reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long time) && time == created);
            }
            else if (reader.ValueTextEquals("model"u8))
            {
                (bit, valid) = (8, IsText(ref reader, model));
            }
            else if (reader.ValueTextEquals("choices"u8))
            {
                bit = 16;
                ChunkFault fault = ReadChoices(ref reader, chunk, ref fields);
                if (fault != ChunkFault.None)
                {
                    return fault;
                }

                valid = true;
            }
            else if (reader.ValueTextEquals("system_fingerprint"u8))
            {
                (bit, valid) = (32, IsShortTextOrNull(ref reader));
            }
            else if (reader.ValueTextEquals("service_tier"u8))
            {
                (bit, valid) = (64, IsShortTextOrNull(ref reader));
            }
            else if (reader.ValueTextEquals("usage"u8))
            {
                (bit, valid) = (128, IsNull(ref reader));
            }
            else
            {
                return ChunkFault.UnknownField;
            }

            if (!valid)
            {
                return ChunkFault.BadField;
            }

            if ((seen & bit) != 0)
            {
                return ChunkFault.MissingOrDoubleField;
            }

            seen |= bit;
        }

        const int required = 1 | 2 | 4 | 8 | 16;
        return (seen & required) == required ? ChunkFault.None : ChunkFault.MissingOrDoubleField;
    }

    private ChunkFault ReadChoices(ref Utf8JsonReader reader, ReadOnlySpan<byte> chunk, ref Fields fields)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray || !reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return ChunkFault.BadField;
        }

        int seen = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int bit;
            bool valid;
            if (reader.ValueTextEquals("index"u8))
            {
                (bit, valid) = (1, reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out fields.Choice) && fields.Choice >= 0 && fields.Choice < choices);
            }
            else if (reader.ValueTextEquals("delta"u8))
            {
                bit = 2;
                ChunkFault fault = ReadDelta(ref reader, ref fields);
                if (fault != ChunkFault.None)
                {
                    return fault;
                }

                valid = true;
            }
            else if (reader.ValueTextEquals("finish_reason"u8))
            {
                (bit, valid) = (4, ReadFinishReason(ref reader, ref fields));
            }
            else if (reader.ValueTextEquals("logprobs"u8))
            {
                (bit, valid) = (8, LogprobsReader.TryRead(ref reader, chunk, out fields.Logprobs));
            }
            else
            {
                return ChunkFault.UnknownField;
            }

            if (!valid)
            {
                return ChunkFault.BadField;
            }

            if ((seen & bit) != 0)
            {
                return ChunkFault.MissingOrDoubleField;
            }

            seen |= bit;
        }

        if ((seen & 3) != 3)
        {
            return ChunkFault.MissingOrDoubleField;
        }

        return reader.Read() && reader.TokenType == JsonTokenType.EndArray ? ChunkFault.None : ChunkFault.BadField;
    }

    private static ChunkFault ReadDelta(ref Utf8JsonReader reader, ref Fields fields)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return ChunkFault.BadField;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool valid;
            bool twice = false;
            if (reader.ValueTextEquals("role"u8))
            {
                twice = fields.HasRole;
                valid = fields.HasRole = IsText(ref reader, "assistant");
            }
            else if (reader.ValueTextEquals("content"u8))
            {
                twice = fields.Text is not null;
                reader.Read();
                valid = reader.TokenType is JsonTokenType.String or JsonTokenType.Null;
                fields.Text = valid ? reader.GetString() : null;
            }
            else if (reader.ValueTextEquals("reasoning_content"u8))
            {
                twice = fields.Reasoning is not null;
                valid = reader.Read() && reader.TokenType == JsonTokenType.String && (fields.Reasoning = reader.GetString()) is { Length: > 0 };
            }
            else if (reader.ValueTextEquals("tool_calls"u8))
            {
                twice = fields.HasToolCall;
                ChunkFault fault = twice ? ChunkFault.MissingOrDoubleField : ReadToolCalls(ref reader, ref fields);
                if (fault != ChunkFault.None)
                {
                    return fault;
                }

                valid = true;
            }
            else if (reader.ValueTextEquals("refusal"u8))
            {
                valid = IsNull(ref reader);
            }
            else
            {
                return ChunkFault.UnknownField;
            }

            if (!valid || twice)
            {
                return twice ? ChunkFault.MissingOrDoubleField : ChunkFault.BadField;
            }
        }

        return ChunkFault.None;
    }

    /// <summary>A call begins with its id, its name and the next number; later pieces have its number alone.</summary>
    private static bool IsNextOfCalls(in Fields fields, int calls) => !fields.HasToolCall
        || (fields.CallName is null
            ? fields.CallId is null && fields.CallIndex == calls - 1 && fields.Arguments is not (null or "")
            : fields.CallId is not null && fields.CallIndex == calls && calls < MaxCalls && fields.Text is null or "");

    private static ChunkFault ReadToolCalls(ref Utf8JsonReader reader, ref Fields fields)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray || !reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return ChunkFault.BadField;
        }

        int seen = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int bit;
            bool valid;
            if (reader.ValueTextEquals("index"u8))
            {
                (bit, valid) = (1, reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out fields.CallIndex) && fields.CallIndex >= 0);
            }
            else if (reader.ValueTextEquals("function"u8))
            {
                bit = 2;
                ChunkFault fault = ReadFunction(ref reader, ref fields);
                if (fault != ChunkFault.None)
                {
                    return fault;
                }

                valid = true;
            }
            else if (reader.ValueTextEquals("id"u8))
            {
                (bit, valid) = (4, IsShortText(ref reader, out fields.CallId));
            }
            else if (reader.ValueTextEquals("type"u8))
            {
                (bit, valid) = (8, IsText(ref reader, "function"));
            }
            else
            {
                return ChunkFault.UnknownField;
            }

            if (!valid || (seen & bit) != 0)
            {
                return valid ? ChunkFault.MissingOrDoubleField : ChunkFault.BadField;
            }

            seen |= bit;
        }

        fields.HasToolCall = true;
        return (seen & 3) != 3 ? ChunkFault.MissingOrDoubleField
            : reader.Read() && reader.TokenType == JsonTokenType.EndArray ? ChunkFault.None : ChunkFault.BadField;
    }

    private static ChunkFault ReadFunction(ref Utf8JsonReader reader, ref Fields fields)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return ChunkFault.BadField;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool valid;
            bool twice;
            if (reader.ValueTextEquals("name"u8))
            {
                twice = fields.CallName is not null;
                valid = IsShortText(ref reader, out fields.CallName);
            }
            else if (reader.ValueTextEquals("arguments"u8))
            {
                twice = fields.Arguments is not null;
                valid = reader.Read() && reader.TokenType == JsonTokenType.String;
                fields.Arguments = valid ? reader.GetString() : null;
            }
            else
            {
                return ChunkFault.UnknownField;
            }

            if (!valid || twice)
            {
                return twice ? ChunkFault.MissingOrDoubleField : ChunkFault.BadField;
            }
        }

        return ChunkFault.None;
    }

    private static bool IsShortText(ref Utf8JsonReader reader, out string? text)
    {
        text = reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        return text is { Length: >= 1 and <= 128 };
    }

    private static bool ReadFinishReason(ref Utf8JsonReader reader, ref Fields fields)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            fields.FinishReason = reader.ValueTextEquals("stop"u8) ? "stop" : reader.ValueTextEquals("length"u8) ? "length" : reader.ValueTextEquals("tool_calls"u8) ? "tool_calls" : null;
        }

        return reader.TokenType == JsonTokenType.Null || fields.FinishReason is not null;
    }

    private static bool IsText(ref Utf8JsonReader reader, string text) =>
        reader.Read() && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(text);

    private static bool IsNull(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.Null;

    private static bool IsShortTextOrNull(ref Utf8JsonReader reader) =>
        reader.Read() && (reader.TokenType == JsonTokenType.Null || (reader.TokenType == JsonTokenType.String && reader.GetString()!.Length <= 64));

    /// <summary>How far one answer has come.</summary>
    private struct Progress
    {
        public bool Begun;
        public bool Finished;
        public int Calls;
    }

    private struct Fields
    {
        public int Choice;
        public bool HasRole;
        public string? Text;
        public string? FinishReason;
        public string? Reasoning;
        public byte[]? Logprobs;
        public bool HasToolCall;
        public int CallIndex;
        public string? CallId;
        public string? CallName;
        public string? Arguments;
    }
}
