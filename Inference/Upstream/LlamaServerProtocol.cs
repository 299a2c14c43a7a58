using System.Text.Json;
using CocoonOrleans.Inference.Engines;

namespace CocoonOrleans.Inference.Upstream;

/// <summary>
/// llama-server's <c>/completion</c>, as read from <c>tools/server/README.md</c> and <c>server-context.cpp</c> of llama.cpp, and run against its build 11669. Its stream leaves
/// out the ids of tokens that end inside a character, so the text counts, and ids are only looked at for one that ends the answer. Where any id ends it, so do the
/// end tokens that the GGUF file names.
/// </summary>
internal sealed class LlamaServerProtocol : UpstreamProtocol
{
    private const string CountsPrompt = "llama-server counts the tokens of the prompt as well";

    // The largest seed stands for a random one there.
    private const ulong Seeds = uint.MaxValue;

    public override string Path => "/completion";

    public override bool GivesIds => false;

    public override EngineRefusal? Check(GenerationRequest request)
        => base.Check(request)
            ?? Unless(request.Sampling.PresencePenalty == 0, nameof(SamplingOptions.PresencePenalty), CountsPrompt)
            ?? Unless(request.Sampling.FrequencyPenalty == 0, nameof(SamplingOptions.FrequencyPenalty), CountsPrompt)
            ?? Unless(request.Sampling.TopLogprobs is null, nameof(SamplingOptions.TopLogprobs), "llama-server doesn't stream every token");

    public override void Write(Utf8JsonWriter json, UpstreamRequest request)
    {
        var sampling = request.Generation.Sampling;
        WritePrompt(json, "prompt", request);
        json.WriteBoolean("stream", true);
        json.WriteBoolean("return_tokens", true);

        // Its prefix cache knows no tenants.
        json.WriteBoolean("cache_prompt", false);
        json.WriteNumber("n_predict", request.MaxTokens);
        json.WriteStartArray("samplers");
        foreach (var sampler in (string[])["penalties", "temperature", "top_k", "top_p", "min_p"])
        {
            json.WriteStringValue(sampler);
        }

        json.WriteEndArray();
        json.WriteNumber("temperature", sampling.Temperature);
        json.WriteNumber("top_k", sampling.Temperature == 0 ? 1 : sampling.TopK);
        json.WriteNumber("top_p", sampling.TopP);
        json.WriteNumber("min_p", sampling.MinP);
        json.WriteNumber("repeat_penalty", sampling.RepetitionPenalty);

        // All that there can be; -1 stands for that in some versions only.
        json.WriteNumber("repeat_last_n", request.Generation.PromptIds.Length + request.MaxTokens);
        json.WriteNumber("presence_penalty", 0);
        json.WriteNumber("frequency_penalty", 0);
        WriteBias(json, request);
        json.WriteNumber("seed", unchecked((ulong)request.Seed) % Seeds);
        json.WriteBoolean("ignore_eos", request.StopIds.Count == 0);
        WriteStops(json, request);
        if (request.Generation.Grammar?.JsonSchema is { } schema)
        {
            json.WritePropertyName("json_schema");
            json.WriteRawValue(schema.Span);
        }
    }

    public override UpstreamChunk Read(JsonElement data, int received)
    {
        var text = UpstreamJson.FindText(data, "content") ?? throw UpstreamJson.Broken("there is no content");
        var ids = UpstreamJson.FindIds(data, "tokens") ?? [];
        FinishReason? finish = UpstreamJson.Find(data, "stop") is { ValueKind: JsonValueKind.True }
            ? UpstreamJson.FindText(data, "stop_type") switch
            {
                "eos" or "word" => FinishReason.Stop,
                "limit" => FinishReason.Length,
                _ => throw UpstreamJson.Broken("it ended the answer without a stop_type"),
            }
            : null;
        return new UpstreamChunk(ids, text, finish);
    }
}
