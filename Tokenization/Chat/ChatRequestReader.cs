using System.Collections.ObjectModel;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace CocoonOrleans.Tokenization.Chat;

/// <summary>Reads the fields of a chat request, one method for each group of them.</summary>
internal static class ChatRequestReader
{
    private const int Depth = 64;
    private const int LongestModel = 256;
    private const int LongestStop = 256;
    private const int LongestEndUser = 512;
    private const int MostStops = 4;
    private const int MostChoices = ChatCompletionRequest.MostChoices;
    private const int MostBiases = 300;
    private const int MostLogprobs = 20;

    private static readonly TimeSpan LongestDeadline = TimeSpan.FromDays(1);

    /// <summary>The request; null or half-read where an error went into <paramref name="reading"/>.</summary>
    public static ChatCompletionRequest? Read(ReadOnlyMemory<byte> utf8Json, RequestReading reading)
    {
        if (!Utf8.IsValid(utf8Json.Span))
        {
            reading.Fail(ChatRequestError.InvalidValue, null, "The body is not valid UTF-8.");
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(utf8Json, new JsonDocumentOptions { MaxDepth = Depth });
            return Read(document.RootElement, reading);
        }
        catch (JsonException e)
        {
            reading.Fail(ChatRequestError.InvalidValue, null, $"The body is not valid JSON, or nested deeper than {Depth}: line {(e.LineNumber ?? 0) + 1}, byte {e.BytePositionInLine ?? 0} of that line.");
            return null;
        }
    }

    private static ChatCompletionRequest? Read(JsonElement root, RequestReading reading)
    {
        var field = new RequestField(root, "", reading);
        if (field.IsAbsent)
        {
            field.Invalid("must be an object");
        }

        if (field.Object() is not { } body)
        {
            return null;
        }

        RefuseWhatWouldChangeTheMeaning(body);
        var provider = ReadProvider(body.Take("provider"));
        var tools = ChatToolReader.ReadTools(body.Take("tools"));
        var request = new ChatCompletionRequest
        {
            Model = ReadModel(body.Take("model")),
            Messages = ChatMessageReader.Read(body.Take("messages")),
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
            EndUser = ReadEndUser(body.Take("safety_identifier"), body.Take("user"), body.Take("metadata")),
            Provider = provider,
            TimeLimit = Shorter(provider.Deadline, body.Take("timeout").Number(0, LongestDeadline.TotalSeconds, smallestAllowed: false)),
            Choices = (int?)body.Take("n").Integer(1, MostChoices) ?? 1,
        };
        body.IgnoreTheRest();
        if (provider.RequireParameters && reading.Ignored.Count > 0)
        {
            reading.Fail(ChatRequestError.UnsupportedParameter, reading.Ignored[0], $"'{reading.Ignored[0]}' is not supported, and provider.require_parameters forbids to ignore it.");
        }

        return request with { IgnoredParameters = [.. reading.Ignored] };
    }

    private static string ReadModel(RequestField field)
    {
        if (field.IsAbsent)
        {
            field.Missing();
        }

        return field.String(LongestModel) ?? "";
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

    private static string? ReadEndUser(RequestField safetyIdentifier, RequestField user, RequestField metadata)
    {
        var (first, second) = (safetyIdentifier.String(LongestEndUser), user.String(LongestEndUser));
        return first ?? second ?? metadata.Object()?.Take("user_id").String(LongestEndUser);
    }

    private static TimeSpan? Shorter(TimeSpan? deadline, double? seconds)
    {
        TimeSpan? timeout = seconds is { } limit ? TimeSpan.FromSeconds(limit) : null;
        return deadline < timeout ? deadline : timeout ?? deadline;
    }

    private static ProviderPreferences ReadProvider(RequestField field)
    {
        if (field.Object() is not { } provider)
        {
            return ProviderPreferences.None;
        }

        var limits = new PriceLimits();
        if (provider.Take("max_price").Object() is { } price)
        {
            limits = new PriceLimits(price.Take("prompt").NanoAmount(), price.Take("completion").NanoAmount(), price.Take("request").NanoAmount());
            price.IgnoreTheRest();
        }

        var preferences = new ProviderPreferences(limits, provider.Take("require_parameters").Bool() ?? false, ReadTrust(provider.Take("trust")), ReadDeadline(provider.Take("deadline_ms")));
        RefuseRestrictions(provider);
        provider.IgnoreTheRest();
        return preferences;
    }

    private static TimeSpan? ReadDeadline(RequestField field)
        => field.Integer(1, (long)LongestDeadline.TotalMilliseconds) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null;

    private static string? ReadTrust(RequestField field)
    {
        var trust = field.String(LongestModel);
        if (trust is not (null or "confidential" or "tdx" or "open"))
        {
            field.Invalid("must be confidential, tdx or open");
        }

        return trust;
    }

    /// <summary>Who asks that a prompt must not go to some place has to be refused as long as nobody keeps to it.</summary>
    private static void RefuseRestrictions(RequestObject provider)
    {
        foreach (var name in new[] { "only", "ignore", "quantizations", "region", "quote_id", "zdr" })
        {
            var field = provider.Take(name);
            if (!field.IsEmpty)
            {
                field.Unsupported("is not supported yet, and the request must not be served without it");
            }
        }

        var collection = provider.Take("data_collection");
        if (!collection.IsAbsent && collection.StringOrNull() != "allow")
        {
            collection.Unsupported("other than allow is not supported yet");
        }
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
