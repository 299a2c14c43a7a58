using System.Text.Json;

namespace CocoonOrleans.Inference.Upstream;

/// <summary>
/// vLLM's <c>/v1/completions</c> with <c>return_token_ids</c> (0.10.2 and later), as read from <c>vllm/entrypoints/openai/completion/protocol.py</c> and
/// <c>serving.py</c> there. <c>ignore_eos</c> leaves ending the answer to <c>stop_token_ids</c> alone.
/// </summary>
internal sealed class VllmProtocol : UpstreamProtocol
{
    public override string Path => "/v1/completions";

    public override bool GivesIds => true;

    public override void Write(Utf8JsonWriter json, UpstreamRequest request)
    {
        var sampling = request.Generation.Sampling;
        json.WriteString("model", request.Model);
        WritePrompt(json, "prompt", request);
        json.WriteBoolean("stream", true);
        json.WriteBoolean("return_token_ids", true);
        json.WriteNumber("max_tokens", request.MaxTokens);
        json.WriteNumber("temperature", sampling.Temperature);
        json.WriteNumber("top_p", sampling.TopP);
        json.WriteNumber("top_k", sampling.TopK == 0 ? -1 : sampling.TopK);
        json.WriteNumber("min_p", sampling.MinP);
        json.WriteNumber("presence_penalty", sampling.PresencePenalty);
        json.WriteNumber("frequency_penalty", sampling.FrequencyPenalty);
        json.WriteNumber("repetition_penalty", 1);
        json.WriteNumber("seed", request.Seed);
        json.WriteBoolean("ignore_eos", true);
        WriteIds(json, "stop_token_ids", request.StopIds);
        WriteStops(json, request);
        json.WriteString("cache_salt", request.CacheSalt);
    }

    public override UpstreamChunk Read(JsonElement data, int received)
    {
        if (Choice(data) is not { } choice)
        {
            return UpstreamChunk.Empty;
        }

        var (ids, text) = (UpstreamJson.FindIds(choice, "token_ids"), UpstreamJson.FindText(choice, "text") ?? "");
        return ids is not null || text.Length == 0
            ? new UpstreamChunk(ids ?? [], text, ReadFinish(UpstreamJson.FindText(choice, "finish_reason")), UpstreamJson.FindText(data, "model"))
            : throw UpstreamJson.Broken("there is text without token_ids; vLLM gives them from 0.10.2 on");
    }
}
