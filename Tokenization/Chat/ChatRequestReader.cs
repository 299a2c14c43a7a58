using System.Collections.ObjectModel;
using System.Globalization;
using System.Text.Json;

namespace CocoonOrleans.Tokenization.Chat;

/// <summary>Reads the fields of a chat request, one method for each group of them.</summary>
internal static class ChatRequestReader
{
    private const int LongestStop = 256;
    private const int MostStops = 4;
    private const int MostChoices = ChatCompletionRequest.MostChoices;
    private const int MostBiases = 300;
    private const int MostLogprobs = 20;
    private const int MostPromptIds = 1 << 20;

    /// <summary>The request; null or half-read where an error went into <paramref name="reading"/>.</summary>
    public static ChatCompletionRequest? Read(ReadOnlyMemory<byte> utf8Json, RequestReading reading)
    {
        var request = RequestBody.Read(utf8Json, reading, Read, static read => read.Provider);
        return request is null ? null : request with { IgnoredParameters = [.. reading.Ignored] };
    }

    private static ChatCompletionRequest Read(RequestObject body)
    {
        RefuseWhatWouldChangeTheMeaning(body);
        var provider = RequestBody.ReadProvider(body.Take("provider"));
        var tools = ChatToolReader.ReadTools(body.Take("tools"));
        var model = RequestBody.ReadModel(body.Take("model"));
        var (prompt, messages) = ReadPrompt(body.Take("prompt"), body.Take("messages"), tools);
        return new ChatCompletionRequest
        {
            Model = model,
            Messages = messages,
            Prompt = prompt,
            MaxCompletionTokens = ReadMaxTokens(body.Take("max_completion_tokens"), body.Take("max_tokens")),
            Temperature = body.Take("temperature").Number(0, 2),
            TopP = body.Take("top_p").Number(0, 1, smallestAllowed: false),
            MinP = body.Take("min_p").Number(0, 1),
            TopK = (int?)body.Take("top_k").Integer(0, int.MaxValue),
            PresencePenalty = body.Take("presence_penalty").Number(-2, 2),
            FrequencyPenalty = body.Take("frequency_penalty").Number(-2, 2),
            LogitBias = ReadBias(body.Take("logit_bias")),
            RepetitionPenalty = body.Take("repetition_penalty").Number(0, 2, smallestAllowed: false),
            TopLogprobs = ReadLogprobs(body.Take("logprobs"), body.Take("top_logprobs")),
            Seed = body.Take("seed").Integer(long.MinValue, long.MaxValue),
            Stop = ReadStop(body.Take("stop")),
            Tools = tools,
            ToolChoice = ChatToolReader.ReadChoice(body.Take("tool_choice"), tools),
            ParallelToolCalls = body.Take("parallel_tool_calls").Bool() ?? true,
            ResponseFormat = ReadFormat(body.Take("response_format"), body.Take("structured_outputs")),
            Stream = body.Take("stream").Bool() ?? false,
            IncludeUsage = ReadIncludeUsage(body.Take("stream_options")),
            EndUser = RequestBody.ReadEndUser(body.Take("safety_identifier"), body.Take("user"), body.Take("metadata")),
            Provider = provider,
            TimeLimit = RequestBody.ReadTimeLimit(provider, body.Take("timeout")),
            Choices = (int?)body.Take("n").Integer(1, MostChoices) ?? 1,
        };
    }

    private static (RawPrompt? Prompt, IReadOnlyList<ChatMessage> Messages) ReadPrompt(RequestField prompt, RequestField messages, IReadOnlyList<ChatTool> tools)
    {
        if (prompt.IsAbsent)
        {
            return (null, ChatMessageReader.Read(messages));
        }

        if (!messages.IsAbsent || tools.Count > 0)
        {
            prompt.Invalid("must not stand beside messages or tools");
        }

        return (prompt.Kind == JsonValueKind.Array
            ? new RawPrompt(null, prompt.Ids(1, MostPromptIds) ?? [])
            : new RawPrompt(prompt.String(int.MaxValue) ?? "", null), []);
    }

    private static int? ReadMaxTokens(RequestField first, RequestField second)
    {
        var (completion, older) = (first.Integer(1, int.MaxValue), second.Integer(1, int.MaxValue));
        return (int?)(completion ?? older);
    }

    private static IReadOnlyList<string> ReadStop(RequestField field)
    {
        if (field.Kind == JsonValueKind.String)
        {
            return field.String(LongestStop) is { } stop ? [stop] : [];
        }

        if (!field.IsAbsent && field.Kind != JsonValueKind.Array)
        {
            field.Invalid("must be a string or an array of strings");
            return [];
        }

        return [.. field.Items(0, MostStops).Select(item => Required(item, LongestStop))];
    }

    private static string Required(RequestField item, int longest)
    {
        if (item.IsAbsent)
        {
            item.Invalid("must be a string");
        }

        return item.String(longest) ?? "";
    }

    private static ReadOnlyDictionary<int, double> ReadBias(RequestField field)
    {
        if (field.Members(MostBiases) is not { Count: > 0 } members)
        {
            return ReadOnlyDictionary<int, double>.Empty;
        }

        var bias = new Dictionary<int, double>();
        foreach (var (name, value) in members)
        {
            if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                field.Invalid("must have token ids as names");
                break;
            }

            if (value.IsAbsent)
            {
                value.Invalid("must be a number");
            }

            bias[id] = value.Number(-100, 100) ?? 0;
        }

        return bias.AsReadOnly();
    }

    private static int? ReadLogprobs(RequestField wanted, RequestField top)
    {
        var (isWanted, count) = (wanted.Bool() ?? false, (int?)top.Integer(0, MostLogprobs));
        if (count > 0 && !isWanted)
        {
            top.Invalid("needs logprobs to be true");
        }

        return isWanted ? count ?? 0 : null;
    }

    private static bool ReadIncludeUsage(RequestField field)
    {
        if (field.Object() is not { } options)
        {
            return false;
        }

        var include = options.Take("include_usage").Bool() ?? false;
        options.IgnoreTheRest();
        return include;
    }

    /// <summary>Fields that must never be ignored (the API's design, A.2).</summary>
    private static void RefuseWhatWouldChangeTheMeaning(RequestObject body)
    {
        foreach (var name in new[] { "functions", "audio" })
        {
            var field = body.Take(name);
            if (!field.IsEmpty)
            {
                field.Unsupported("is not supported by this model");
            }
        }

        var call = body.Take("function_call");
        if (!call.IsAbsent && call.StringOrNull() is not ("none" or "auto"))
        {
            call.Unsupported("is not supported: use tools and tool_choice");
        }

        var modalities = body.Take("modalities");
        if (modalities.Items(0, MostChoices).Any(item => item.StringOrNull() != "text"))
        {
            modalities.Unsupported("other than text are not supported by this model");
        }
    }

    /// <summary>OpenAI's field, or vLLM's for what OpenAI's can't say.</summary>
    private static ResponseFormat? ReadFormat(RequestField field, RequestField extension)
    {
        var (format, other) = (ReadFormat(field), ReadStructuredOutputs(extension));
        if (format is not null && other is not null)
        {
            extension.Invalid("must not stand beside a response_format");
        }

        return format ?? other;
    }

    private static ResponseFormat? ReadStructuredOutputs(RequestField field)
    {
        if (field.Object() is not { } outputs)
        {
            return null;
        }

        var (pattern, gbnf) = (outputs.Take("regex").String(ResponseFormat.LongestText), outputs.Take("grammar").String(ResponseFormat.LongestText));
        foreach (var name in new[] { "json", "json_object", "choice", "structural_tag" })
        {
            var unknown = outputs.Take(name);
            if (!unknown.IsAbsent)
            {
                unknown.Unsupported("is not supported here: use response_format, regex or grammar");
            }
        }

        outputs.IgnoreTheRest();
        if (pattern is null == gbnf is null)
        {
            field.Invalid("must have either regex or grammar");
        }

        return new ResponseFormat(null) { Pattern = pattern, Gbnf = gbnf };
    }

    private static ResponseFormat? ReadFormat(RequestField field)
    {
        if (field.Object() is not { } format)
        {
            return null;
        }

        var type = format.Take("type");
        var schema = format.Take("json_schema");
        if (type.IsAbsent)
        {
            type.Missing();
        }

        switch (type.StringOrNull())
        {
            case "text":
                return null;
            case "json_object":
                return new ResponseFormat(null);
            case "json_schema":
                return ReadSchema(schema);
            default:
                type.Unsupported("must be text, json_object or json_schema");
                return null;
        }
    }

    private static ResponseFormat? ReadSchema(RequestField field)
    {
        if (field.IsAbsent)
        {
            field.Missing();
        }

        if (field.Object() is not { } named)
        {
            return null;
        }

        named.Take("name").String(64);
        named.Take("description").String(int.MaxValue, emptyAllowed: true);
        named.Take("strict").Bool();
        var schema = named.Take("schema");
        if (schema.IsAbsent)
        {
            schema.Missing();
        }
        else if (schema.Kind != JsonValueKind.Object)
        {
            schema.Invalid("must be a JSON Schema, an object");
        }

        named.IgnoreTheRest();
        return schema.Kind == JsonValueKind.Object ? new ResponseFormat(schema.RawText()) : null;
    }
}
