using System.Globalization;
using System.Text.Json;
using CocoonOrleans.Inference.Engines;

namespace CocoonOrleans.Inference.Upstream;

/// <summary>One dialect: how a request is written and an event of the answer read.</summary>
internal abstract class UpstreamProtocol
{
    /// <summary>The path that requests are posted to.</summary>
    public abstract string Path { get; }

    /// <summary>Whether answers hold token ids. Where not, they hold text, and its tokens are counted here.</summary>
    public abstract bool GivesIds { get; }

    /// <summary>Finds the protocol of a server.</summary>
    public static UpstreamProtocol Of(UpstreamServer server) => server.Dialect switch
    {
        UpstreamDialect.Vllm => new VllmProtocol(server.Version),
        UpstreamDialect.Sglang => new SglangProtocol(server.KeepsSeeds),
        UpstreamDialect.LlamaServer => new LlamaServerProtocol(),
        UpstreamDialect.OpenAi => new OpenAiProtocol(),
        _ => throw new ArgumentOutOfRangeException(nameof(server), server.Dialect, "A dialect without a protocol."),
    };

    /// <summary>Why this server can't do what a request asks for; null where it can. What it can't do is refused, never left out.</summary>
    public virtual EngineRefusal? Check(GenerationRequest request)
        => Unless(request.Grammar is null or { JsonSchema: not null }, nameof(GenerationRequest.Grammar), "JSON schemas are passed on, patterns are not");

    /// <summary>Writes the request's body, an object.</summary>
    public abstract void Write(Utf8JsonWriter json, UpstreamRequest request);

    /// <summary>Reads one event.</summary>
    /// <param name="data">Its data, an object without <c>error</c>.</param>
    /// <param name="received">Ids that earlier events of this answer gave.</param>
    /// <exception cref="UpstreamFaultException">It makes no sense.</exception>
    public abstract UpstreamChunk Read(JsonElement data, int received);

    /// <summary>Refuses a member of the options where it isn't at the value that changes nothing.</summary>
    protected static EngineRefusal? Unless(bool neutral, string field, string reason)
        => neutral ? null : new EngineRefusal(EngineRefusalKind.InvalidOption, $"{field} can't be used here: {reason}.", field);

    protected static void WriteIds(Utf8JsonWriter json, string name, IEnumerable<int> ids)
    {
        json.WriteStartArray(name);
        foreach (var id in ids)
        {
            json.WriteNumberValue(id);
        }

        json.WriteEndArray();
    }

    protected static void WritePrompt(Utf8JsonWriter json, string name, UpstreamRequest request)
    {
        json.WriteStartArray(name);
        foreach (var id in request.Generation.PromptIds.Span)
        {
            json.WriteNumberValue(id);
        }

        json.WriteEndArray();
    }

    /// <summary>In OpenAI's form: an object with a member for each id.</summary>
    protected static void WriteBias(Utf8JsonWriter json, UpstreamRequest request)
    {
        if (request.Generation.Sampling.LogitBias.Count == 0)
        {
            return;
        }

        json.WriteStartObject("logit_bias");
        foreach (var (id, bias) in request.Generation.Sampling.LogitBias)
        {
            json.WriteNumber(id.ToString(CultureInfo.InvariantCulture), bias);
        }

        json.WriteEndObject();
    }

    protected static void WriteStops(Utf8JsonWriter json, UpstreamRequest request, int most = int.MaxValue)
    {
        if (request.Generation.StopStrings.Count == 0)
        {
            return;
        }

        json.WriteStartArray("stop");
        foreach (var stop in request.Generation.StopStrings.Take(most))
        {
            json.WriteStringValue(stop);
        }

        json.WriteEndArray();
    }

    /// <summary>The only choice of an event in OpenAI's form; null where it has none, as the one with the usage.</summary>
    protected static JsonElement? Choice(JsonElement data)
    {
        if (UpstreamJson.Find(data, "choices") is not { ValueKind: JsonValueKind.Array } choices)
        {
            throw UpstreamJson.Broken("there are no choices");
        }

        return choices.GetArrayLength() switch
        {
            0 => null,
            1 => choices[0],
            _ => throw UpstreamJson.Broken("there is more than one choice"),
        };
    }

    protected static FinishReason? ReadFinish(string? reason) => reason switch
    {
        null => null,
        "stop" => FinishReason.Stop,
        "length" => FinishReason.Length,
        _ => throw new UpstreamFaultException(UpstreamFault.Broken, "it ended the answer for another reason than stop or length"),
    };
}
