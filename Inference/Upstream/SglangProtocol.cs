using System.Text.Json;
using CocoonOrleans.Inference.Engines;

namespace CocoonOrleans.Inference.Upstream;

/// <summary>
/// SGLang's <c>/generate</c> with <c>input_ids</c>, as read from <c>sglang/srt/managers/io_struct.py</c>, <c>tokenizer_manager.py</c> and
/// <c>sampling/sampling_params.py</c> of 0.5. An event holds all ids so far or, with <c>--stream-output</c> or <c>--incremental-streaming-output</c>, the new
/// ones only; which it is, the event's own count tells (it tells nothing else: tokens are counted by their ids).
/// </summary>
/// <param name="keepsSeeds">Whether it was started with <c>--enable-deterministic-inference</c>; without it, it has no use for a seed.</param>
internal sealed class SglangProtocol(bool keepsSeeds) : UpstreamProtocol
{
    // sampling_seed is kept in 64 bits there, but hashed in 32: a sign would be one bit too many.
    private const long SeedBits = 0x7FFF_FFFF;

    public override string Path => "/generate";

    public override bool GivesIds => true;

    public override EngineRefusal? Check(GenerationRequest request)
        => base.Check(request) ?? Unless(
            keepsSeeds || request.Sampling.Seed is null || request.Sampling.Temperature == 0,
            nameof(SamplingOptions.Seed),
            "this server draws without seeds; an SGLang started with --enable-deterministic-inference would keep it")
            ?? Unless(request.Sampling.RepetitionPenalty == 1, nameof(SamplingOptions.RepetitionPenalty), "SGLang leaves the tokens of the prompt out of it")
            ?? Unless(request.Sampling.TopLogprobs is null, nameof(SamplingOptions.TopLogprobs), "SGLang gives log-probabilities after temperature and penalties");

    public override void Write(Utf8JsonWriter json, UpstreamRequest request)
    {
        var sampling = request.Generation.Sampling;
        WritePrompt(json, "input_ids", request);
        json.WriteBoolean("stream", true);
        json.WriteString("extra_key", request.CacheSalt);
        json.WriteStartObject("sampling_params");
        json.WriteNumber("max_new_tokens", request.MaxTokens);
        json.WriteNumber("temperature", sampling.Temperature);
        json.WriteNumber("top_p", sampling.TopP);
        json.WriteNumber("top_k", sampling.TopK == 0 ? -1 : sampling.TopK);
        json.WriteNumber("min_p", sampling.MinP);
        json.WriteNumber("presence_penalty", sampling.PresencePenalty);
        json.WriteNumber("frequency_penalty", sampling.FrequencyPenalty);
        json.WriteNumber("repetition_penalty", 1);
        WriteBias(json, request);
        if (keepsSeeds)
        {
            json.WriteNumber("sampling_seed", request.Seed & SeedBits);
        }

        // With ignore_eos it looks at no stop id at all.
        json.WriteBoolean("ignore_eos", request.StopIds.Count == 0);
        WriteIds(json, "stop_token_ids", request.StopIds);
        WriteStops(json, request);
        if (request.Generation.Grammar?.JsonSchema is { } schema)
        {
            json.WriteString("json_schema", schema.Span);
        }

        json.WriteEndObject();
    }

    public override UpstreamChunk Read(JsonElement data, int received)
    {
        if (UpstreamJson.Find(data, "meta_info") is not { } about || UpstreamJson.FindInteger(about, "completion_tokens") is not { } count)
        {
            throw UpstreamJson.Broken("there is no meta_info.completion_tokens");
        }

        var ids = UpstreamJson.FindIds(data, "output_ids") ?? throw UpstreamJson.Broken("there are no output_ids");
        var finish = UpstreamJson.Find(about, "finish_reason");
        var reason = finish is { ValueKind: JsonValueKind.Object } typed ? UpstreamJson.FindText(typed, "type") ?? "" : UpstreamJson.FindText(about, "finish_reason");
        if (ids.Count == count && count >= received)
        {
            ids.RemoveRange(0, received);
        }
        else if ((long)ids.Count + received != count)
        {
            throw UpstreamJson.Broken("output_ids are neither all ids nor the new ones");
        }

        return new UpstreamChunk(ids, UpstreamJson.FindText(data, "text") ?? "", ReadFinish(reason));
    }
}
