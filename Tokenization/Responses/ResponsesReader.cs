using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using CocoonOrleans.Tokenization.Chat;

namespace CocoonOrleans.Tokenization.Responses;

/// <summary>Reads the fields of a request for a response.</summary>
internal static class ResponsesReader
{
    private const int MostMetadata = 16;
    private const int LongestMetadata = 512;
    private const int LongestId = 128;
    private const int MostTools = 128;
    private const int MostIncludes = 16;
    private const int LongestDescription = 65_536;
    private const int MostLogprobs = 20;

    // What both requests have under the same name and with the same rules.
    private static readonly string[] Shared =
    [
        "temperature", "top_p", "min_p", "top_k", "repetition_penalty", "presence_penalty", "frequency_penalty", "logit_bias", "seed", "stop", "parallel_tool_calls", "stream",
        "user", "safety_identifier", "provider", "timeout", "service_tier",
    ];

    public static ResponsesRequest Read(RequestObject body)
    {
        RefuseWhatWouldChangeTheMeaning(body);
        var model = RequestBody.ReadModel(body.Take("model"));
        var shared = Shared.ToDictionary(static name => name, body.Take);
        var (tools, choice) = (ReadTools(body.Take("tools")), ReadChoice(body.Take("tool_choice")));
        var format = ReadFormat(body.Take("text"));
        var maxTokens = body.Take("max_output_tokens").Integer(1, int.MaxValue);
        var topLogprobs = body.Take("top_logprobs").Integer(0, MostLogprobs);
        var wantsLogprobs = ReadIncludes(body.Take("include")) || topLogprobs > 0;
        var (store, background) = (body.Take("store").Bool() ?? false, body.Take("background").Bool() ?? false);
        var (previous, metadata) = (body.Take("previous_response_id").String(LongestId), ReadMetadata(body.Take("metadata")));
        var instructions = body.Take("instructions").String(int.MaxValue);
        body.Take("stream_options").Object();

        // Their rules are the chat request's; here they only have to be what the response can repeat.
        var (temperature, topP) = (shared["temperature"].Number(0, 2), shared["top_p"].Number(0, 1));
        var parallel = shared["parallel_tool_calls"].Bool() ?? true;
        var fields = WriteFields(model, maxTokens, wantsLogprobs ? topLogprobs ?? 0 : null, tools, choice, format, shared);
        return new ResponsesRequest
        {
            Model = model,
            Instructions = instructions,
            Input = ResponsesInputReader.Read(body.Take("input")),
            Stream = shared["stream"].Bool() ?? false,
            Store = store,
            Background = background,
            PreviousResponseId = previous,
            Provider = RequestBody.ReadProvider(shared["provider"]),
            Fields = fields,
            Echo = new JsonObject
            {
                ["background"] = background,
                ["instructions"] = instructions,
                ["max_output_tokens"] = maxTokens,
                ["metadata"] = metadata,
                ["parallel_tool_calls"] = parallel,
                ["previous_response_id"] = previous,
                ["store"] = store,
                ["temperature"] = temperature,
                ["text"] = new JsonObject { ["format"] = format?.DeepClone() ?? new JsonObject { ["type"] = "text" } },
                ["tool_choice"] = choice?.DeepClone() ?? "auto",
                ["tools"] = tools.DeepClone(),
                ["top_logprobs"] = topLogprobs ?? 0,
                ["top_p"] = topP,
                ["truncation"] = "disabled",
            },
        };
    }

    private static void RefuseWhatWouldChangeTheMeaning(RequestObject body)
    {
        foreach (var name in new[] { "prompt", "conversation", "context_management" })
        {
            var field = body.Take(name);
            if (!field.IsEmpty)
            {
                field.Unsupported("is not supported: send what it stands for as input and instructions");
            }
        }

        var truncation = body.Take("truncation");
        if (!truncation.IsAbsent && truncation.StringOrNull() != "disabled")
        {
            truncation.Unsupported("other than disabled is not supported");
        }
    }

    /// <summary>Whether log-probabilities are among what the client wants to see.</summary>
    private static bool ReadIncludes(RequestField field)
    {
        var wanted = false;
        foreach (var item in field.Items(0, MostIncludes))
        {
            switch (item.StringOrNull())
            {
                case "message.output_text.logprobs":
                    wanted = true;
                    break;
                case "reasoning.encrypted_content":
                    // Agents ask for it by themselves; nothing here is encrypted.
                    break;
                default:
                    item.Unsupported("is not supported");
                    break;
            }
        }

        return wanted;
    }

    private static JsonObject ReadMetadata(RequestField field)
    {
        var metadata = new JsonObject();
        foreach (var (name, value) in field.Members(MostMetadata) ?? [])
        {
            if (value.IsAbsent)
            {
                value.Invalid("must be a string");
            }

            metadata[name] = value.String(LongestMetadata, emptyAllowed: true);
        }

        return metadata;
    }

    /// <summary>The functions, as the response repeats them.</summary>
    private static JsonArray ReadTools(RequestField field)
    {
        var tools = new JsonArray();
        foreach (var item in field.Items(0, MostTools))
        {
            if (item.IsAbsent)
            {
                item.Invalid("must be an object");
            }

            if (item.Object() is not { } tool)
            {
                continue;
            }

            var (type, parameters) = (tool.Take("type"), tool.Take("parameters"));
            if (type.IsAbsent)
            {
                type.Missing();
            }
            else if (type.StringOrNull() != "function")
            {
                type.Unsupported("other than function is not supported");
            }

            if (!parameters.IsAbsent && (parameters.Kind != JsonValueKind.Object || !parameters.HasUniqueNames()))
            {
                parameters.Invalid("must be a JSON Schema, an object in which names are text and none stands twice in one object");
                continue;
            }

            var name = tool.Take("name");
            if (name.IsAbsent)
            {
                name.Missing();
            }

            tools.Add(new JsonObject
            {
                ["type"] = "function",
                ["name"] = name.String(64),
                ["description"] = tool.Take("description").String(LongestDescription, emptyAllowed: true),
                ["parameters"] = parameters.IsAbsent ? null : parameters.Node(),
                ["strict"] = tool.Take("strict").Bool() ?? false,
            });
            tool.IgnoreTheRest(shownPath: "tools[]");
        }

        return tools;
    }

    /// <summary>The choice, as the response repeats it; null where the request has none.</summary>
    private static JsonNode? ReadChoice(RequestField field)
    {
        if (field.IsAbsent)
        {
            return null;
        }

        if (field.Kind != JsonValueKind.Object)
        {
            string? word = field.StringOrNull();
            if (word is not ("none" or "auto" or "required"))
            {
                field.Invalid("must be none, auto, required, or an object that names a function");
            }

            return word;
        }

        var choice = field.Object();
        var (type, name) = (choice?.Take("type") ?? default, choice?.Take("name") ?? default);
        if (type.StringOrNull() != "function")
        {
            field.Unsupported("of another type than function is not supported");
        }
        else if (name.IsAbsent)
        {
            name.Missing();
        }

        return new JsonObject { ["type"] = "function", ["name"] = type.StringOrNull() == "function" ? name.String(64) : null };
    }

    /// <summary>The format, as the response repeats it; null for text.</summary>
    private static JsonObject? ReadFormat(RequestField field)
    {
        if (field.Object() is not { } text)
        {
            return null;
        }

        var format = text.Take("format");
        text.IgnoreTheRest();
        if (format.Object() is not { } named)
        {
            return null;
        }

        var type = named.Take("type");
        switch (type.StringOrNull())
        {
            case "text":
                return null;
            case "json_object":
                return new JsonObject { ["type"] = "json_object" };
            case "json_schema":
                break;
            default:
                if (type.IsAbsent)
                {
                    type.Missing();
                }

                type.Unsupported("must be text, json_object or json_schema");
                return null;
        }

        var (name, schema) = (named.Take("name"), named.Take("schema"));
        if (name.IsAbsent)
        {
            name.Missing();
        }

        if (schema.IsAbsent)
        {
            schema.Missing();
        }
        else if (schema.Kind != JsonValueKind.Object || !schema.HasUniqueNames())
        {
            schema.Invalid("must be a JSON Schema, an object in which names are text and none stands twice in one object");
            return null;
        }

        var read = new JsonObject
        {
            ["type"] = "json_schema",
            ["name"] = name.String(64),
            ["schema"] = schema.IsAbsent ? null : schema.Node(),
            ["strict"] = named.Take("strict").Bool() ?? false,
        };
        if (named.Take("description").String(LongestDescription, emptyAllowed: true) is { } description)
        {
            read["description"] = description;
        }

        named.IgnoreTheRest();
        return read;
    }

    private static byte[] WriteFields(
        string model, long? maxTokens, long? topLogprobs, JsonArray tools, JsonNode? choice, JsonObject? format, Dictionary<string, RequestField> shared)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, RequestBody.Writing))
        {
            json.WriteStartObject();
            json.WriteString("model", model);
            if (maxTokens is { } most)
            {
                json.WriteNumber("max_completion_tokens", most);
            }

            if (topLogprobs is { } top)
            {
                json.WriteBoolean("logprobs", true);
                json.WriteNumber("top_logprobs", top);
            }

            if (tools.Count > 0)
            {
                json.WritePropertyName("tools");
                new JsonArray([.. tools.Select(static tool => new JsonObject { ["type"] = "function", ["function"] = FunctionOf(tool!.AsObject()) })]).WriteTo(json);
            }

            if (choice is not null)
            {
                json.WritePropertyName("tool_choice");
                (choice is JsonObject named ? new JsonObject { ["type"] = "function", ["function"] = new JsonObject { ["name"] = named["name"]?.DeepClone() } } : choice).WriteTo(json);
            }

            if (format is not null)
            {
                json.WritePropertyName("response_format");
                ChatFormat(format).WriteTo(json);
            }

            foreach (var (name, field) in shared)
            {
                if (!field.IsAbsent)
                {
                    json.WritePropertyName(name);
                    field.WriteTo(json);
                }
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static JsonObject FunctionOf(JsonObject tool) =>
        new(tool.Where(static member => member.Key != "type" && member.Value is not null).Select(static member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));

    private static JsonObject ChatFormat(JsonObject format) => format["type"]!.GetValue<string>() == "json_object"
        ? new JsonObject { ["type"] = "json_object" }
        : new JsonObject
        {
            ["type"] = "json_schema",
            ["json_schema"] = new JsonObject(format.Where(static member => member.Key != "type").Select(static member => KeyValuePair.Create(member.Key, member.Value?.DeepClone()))),
        };
}
