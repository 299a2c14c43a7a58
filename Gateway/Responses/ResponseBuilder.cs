using System.Text;
using System.Text.Json.Nodes;
using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Chat;
using CocoonOrleans.Gateway.Dispatch;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Gateway.Responses;

/// <summary>Builds OpenAI's <c>response</c> from the chunks of a chat, and the events that tell of each step.</summary>
/// <param name="job">The job.</param>
/// <param name="echo">What the response repeats of its request.</param>
/// <param name="log">Where events go; null where nobody sees the response before its end.</param>
/// <param name="time">The clock.</param>
public sealed class ResponseBuilder(ChatJob job, JsonObject echo, ResponseLog? log, TimeProvider time) : IAnswerSink
{
    private readonly Lock _lock = new();
    private readonly List<OpenItem> _items = [];
    private string _status = "in_progress";
    private string? _finishReason;
    private bool _begun;
    private JsonObject? _error;
    private JsonObject? _usage;
    private JsonObject? _provider;
    private long? _completedAt;

    /// <summary>The response's id.</summary>
    public string Id { get; } = IdOf(job);

    /// <inheritdoc/>
    public bool HasDelivered { get; private set; }

    /// <summary>The id of a job's response.</summary>
    public static string IdOf(ChatJob job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return $"resp_{job.JobId:N}";
    }

    /// <summary>Tells that the response has been taken on; the first piece of an answer does so by itself.</summary>
    public void Begin()
    {
        lock (_lock)
        {
            BeginHeld();
        }
    }

    /// <inheritdoc/>
    public ValueTask DeliverAsync(ReadOnlyMemory<byte> chunk, ChunkContent content)
    {
        lock (_lock)
        {
            _finishReason = content.FinishReason ?? _finishReason;
            if (content.IsRoleAlone)
            {
                return ValueTask.CompletedTask;
            }

            HasDelivered = log is not null;
            BeginHeld();
            if (content.Reasoning is { } thought)
            {
                Open(OpenItem.Reasoning).Add(this, thought, null);
            }

            if (content.Text.Length > 0 || content.Logprobs is not null)
            {
                Open(OpenItem.Message).Add(this, content.Text, content.Logprobs);
            }

            if (content.ToolCall is { } call)
            {
                (call.Name is null ? _items[^1] : Open(OpenItem.Call, call)).Add(this, call.Arguments, null);
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        lock (_lock)
        {
            if (!HasDelivered)
            {
                _items.Clear();
                _finishReason = null;
            }
        }
    }

    /// <summary>Ends a good response.</summary>
    public void Complete(JobAnswer answer, string? cost)
    {
        ArgumentNullException.ThrowIfNull(answer);
        lock (_lock)
        {
            BeginHeld();
            bool cut = _finishReason == "length";
            CloseLast(cut ? "incomplete" : "completed");
            if (_items.Count == 0)
            {
                // A model may say nothing: then the response has an empty message, as a chat has an empty content.
                Open(OpenItem.Message);
                CloseLast(cut ? "incomplete" : "completed");
            }

            _usage = UsageOf(answer.Usage, cost);
            _provider = JsonNode.Parse(AnswerJson.Write(json =>
            {
                json.WriteStartObject();
                AnswerJson.WriteProvider(json, answer);
                json.WriteEndObject();
            }))!["provider"]!.DeepClone().AsObject();
            End(cut ? "incomplete" : "completed", cut ? "response.incomplete" : "response.completed");
        }
    }

    /// <summary>Ends a response that failed.</summary>
    public void Fail(ApiError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        lock (_lock)
        {
            BeginHeld();
            CloseLast("incomplete");

            // OpenAI's list of codes is closed; ours stands beside it.
            _error = new JsonObject
            {
                ["code"] = error.Kind.Status == 429 ? "rate_limit_exceeded" : error.Kind.Status == 400 ? "invalid_prompt" : "server_error",
                ["message"] = error.Message,
                ["metadata"] = new JsonObject { ["code"] = error.Kind.Code, ["param"] = error.Param },
            };
            End("failed", "response.failed");
        }
    }

    /// <summary>Ends a response that its client cancelled.</summary>
    public void Cancel()
    {
        lock (_lock)
        {
            BeginHeld();
            CloseLast("incomplete");
            End("cancelled", "response.incomplete");
        }
    }

    /// <summary>The response as it stands.</summary>
    public JsonObject Snapshot()
    {
        lock (_lock)
        {
            return Document();
        }
    }

    /// <summary>The answer as messages of a chat that goes on, each a JSON object.</summary>
    public IReadOnlyList<string> Messages()
    {
        lock (_lock)
        {
            string text = string.Concat(_items.Where(static item => item.Kind == OpenItem.Message).Select(static item => item.Text));
            JsonNode[] calls = [.. _items.Where(static item => item.Kind == OpenItem.Call).Select(static item => new JsonObject
            {
                ["id"] = item.CallBegin!.Id,
                ["type"] = "function",
                ["function"] = new JsonObject { ["name"] = item.CallBegin.Name, ["arguments"] = item.Text },
            })];
            var message = new JsonObject { ["role"] = "assistant", ["content"] = text };
            if (calls.Length > 0)
            {
                message["tool_calls"] = new JsonArray(calls);
            }

            return [message.ToJsonString()];
        }
    }

    private void Tell(string type, JsonObject fields) => log?.Append(number =>
    {
        fields["type"] = type;
        fields["sequence_number"] = number;
        return new ResponseEvent(type, ResponseJson.Write(fields));
    });

    private void BeginHeld()
    {
        if (_begun)
        {
            return;
        }

        _begun = true;
        Tell("response.created", new JsonObject { ["response"] = Document() });
        Tell("response.in_progress", new JsonObject { ["response"] = Document() });
    }

    private void End(string status, string type)
    {
        _status = status;
        _completedAt = status == "completed" ? time.GetUtcNow().ToUnixTimeSeconds() : null;
        Tell(type, new JsonObject { ["response"] = Document() });
        log?.End();
    }

    private OpenItem Open(string kind, ToolCallDelta? call = null)
    {
        if (_items.Count > 0 && _items[^1] is { IsOpen: true } last)
        {
            if (last.Kind == kind && call is null)
            {
                return last;
            }

            CloseLast("completed");
        }

        var item = new OpenItem(kind, $"{kind}_{job.JobId:N}{_items.Count:x2}", _items.Count, call);
        _items.Add(item);
        Tell("response.output_item.added", new JsonObject { ["output_index"] = item.Index, ["item"] = item.ToJson("in_progress", isEmpty: true) });
        if (kind != OpenItem.Call)
        {
            Tell("response.content_part.added", item.Place(new JsonObject { ["part"] = item.Part(isEmpty: true) }));
        }

        return item;
    }

    private void CloseLast(string status)
    {
        if (_items.Count == 0 || _items[^1] is not { IsOpen: true } item)
        {
            return;
        }

        item.Close(status);
        switch (item.Kind)
        {
            case OpenItem.Message:
                Tell("response.output_text.done", item.Place(new JsonObject { ["text"] = item.Text, ["logprobs"] = item.Logprobs() }));
                break;
            case OpenItem.Reasoning:
                Tell("response.reasoning_text.done", item.Place(new JsonObject { ["text"] = item.Text }));
                break;
            default:
                Tell("response.function_call_arguments.done", new JsonObject
                {
                    ["item_id"] = item.Id,
                    ["output_index"] = item.Index,
                    ["name"] = item.CallBegin!.Name,
                    ["arguments"] = item.Text,
                });
                break;
        }

        if (item.Kind != OpenItem.Call)
        {
            Tell("response.content_part.done", item.Place(new JsonObject { ["part"] = item.Part(isEmpty: false) }));
        }

        Tell("response.output_item.done", new JsonObject { ["output_index"] = item.Index, ["item"] = item.ToJson(status, isEmpty: false) });
    }

    private JsonObject Document()
    {
        var response = new JsonObject
        {
            ["id"] = Id,
            ["object"] = "response",
            ["created_at"] = job.Created.ToUnixTimeSeconds(),
            ["status"] = _status,
            ["completed_at"] = _completedAt,
            ["error"] = _error?.DeepClone(),
            ["incomplete_details"] = _status == "incomplete" ? new JsonObject { ["reason"] = "max_output_tokens" } : null,
            ["model"] = job.Model.Name,
            ["output"] = new JsonArray([.. _items.Select(item => (JsonNode)item.ToJson(item.Status, isEmpty: false))]),
            ["usage"] = _usage?.DeepClone(),
            ["service_tier"] = "default",
        };
        foreach ((string name, JsonNode? value) in echo)
        {
            response[name] = value?.DeepClone();
        }

        if (_provider is not null)
        {
            response["provider"] = _provider.DeepClone();
        }

        return response;
    }

    private static JsonObject UsageOf(TokenUsage usage, string? cost)
    {
        var counts = new JsonObject
        {
            ["input_tokens"] = usage.Prompt,
            ["input_tokens_details"] = new JsonObject { ["cached_tokens"] = usage.Cached, ["cache_write_tokens"] = 0 },
            ["output_tokens"] = usage.Completion,
            ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = usage.Reasoning },
            ["total_tokens"] = usage.Total,
        };
        if (cost is not null)
        {
            counts["cost"] = cost;
        }

        return counts;
    }

    /// <summary>One item of the output, which grows until it is closed.</summary>
    private sealed class OpenItem(string kind, string id, int index, ToolCallDelta? call)
    {
        // Each kind is what its items' ids begin with, as OpenAI's do.
        public const string Message = "msg";
        public const string Reasoning = "rs";
        public const string Call = "fc";

        private readonly StringBuilder _text = new();
        private readonly List<string> _logprobs = [];

        public string Kind => kind;

        public string Id => id;

        public int Index => index;

        public ToolCallDelta? CallBegin => call;

        public bool IsOpen { get; private set; } = true;

        public string Status { get; private set; } = "in_progress";

        public string Text => _text.ToString();

        public void Add(ResponseBuilder response, string piece, byte[]? logprobs)
        {
            _text.Append(piece);
            string? scored = logprobs is null ? null : Encoding.UTF8.GetString(logprobs);
            if (scored is not null)
            {
                _logprobs.Add(scored);
            }

            if (piece.Length == 0 && scored is null)
            {
                return;
            }

            response.Tell(
                kind switch { Message => "response.output_text.delta", Reasoning => "response.reasoning_text.delta", _ => "response.function_call_arguments.delta" },
                kind switch
                {
                    Message => Place(new JsonObject { ["delta"] = piece, ["logprobs"] = JsonNode.Parse($"[{scored}]") }),
                    Reasoning => Place(new JsonObject { ["delta"] = piece }),
                    _ => new JsonObject { ["item_id"] = id, ["output_index"] = index, ["delta"] = piece },
                });
        }

        public void Close(string status) => (IsOpen, Status) = (false, status);

        public JsonArray Logprobs() => JsonNode.Parse($"[{string.Join(',', _logprobs)}]")!.AsArray();

        public JsonObject Place(JsonObject fields)
        {
            fields["item_id"] = id;
            fields["output_index"] = index;
            fields["content_index"] = 0;
            return fields;
        }

        public JsonObject Part(bool isEmpty) => kind == Message
            ? new JsonObject { ["type"] = "output_text", ["text"] = isEmpty ? "" : Text, ["annotations"] = new JsonArray(), ["logprobs"] = isEmpty ? new JsonArray() : Logprobs() }
            : new JsonObject { ["type"] = "reasoning_text", ["text"] = isEmpty ? "" : Text };

        public JsonObject ToJson(string status, bool isEmpty) => kind switch
        {
            Message => new JsonObject
            {
                ["type"] = "message",
                ["id"] = id,
                ["status"] = status,
                ["role"] = "assistant",
                ["content"] = isEmpty ? new JsonArray() : new JsonArray(Part(isEmpty: false)),
            },
            Reasoning => new JsonObject
            {
                ["type"] = "reasoning",
                ["id"] = id,
                ["status"] = status,
                ["summary"] = new JsonArray(),
                ["content"] = isEmpty ? new JsonArray() : new JsonArray(Part(isEmpty: false)),
            },
            _ => new JsonObject
            {
                ["type"] = "function_call",
                ["id"] = id,
                ["status"] = status,
                ["call_id"] = call!.Id,
                ["name"] = call.Name,
                ["arguments"] = isEmpty ? "" : Text,
            },
        };
    }
}
