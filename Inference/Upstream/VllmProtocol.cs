using System.Globalization;
using System.Text.Json;
using CocoonOrleans.Inference.Engines;

namespace CocoonOrleans.Inference.Upstream;

/// <summary>
/// vLLM's <c>/v1/completions</c> with <c>return_token_ids</c> (0.10.2 and later), as read from <c>vllm/entrypoints/openai/completion/protocol.py</c> and
/// <c>serving.py</c> there. <c>ignore_eos</c> leaves ending the answer to <c>stop_token_ids</c> alone.
/// </summary>
/// <param name="version">The server's version; empty where it is not known.</param>
internal sealed class VllmProtocol(string version) : UpstreamProtocol
{
    private static readonly Version StructuredOutputs = new(0, 11);

    private const string TokenPrefix = "token_id:";

    public override string Path => "/v1/completions";

    public override bool GivesIds => true;

    public override EngineRefusal? Check(GenerationRequest request)
        => base.Check(request)
            ?? Unless(request.Grammar is null || !IsBefore(StructuredOutputs), nameof(GenerationRequest.Grammar), "vLLM has structured_outputs from 0.11 on");

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
        json.WriteNumber("repetition_penalty", sampling.RepetitionPenalty);
        WriteBias(json, request);
        if (sampling.TopLogprobs is { } top)
        {
            json.WriteNumber("logprobs", top);
            json.WriteBoolean("return_tokens_as_token_ids", true);
        }

        json.WriteNumber("seed", request.Seed);
        json.WriteBoolean("ignore_eos", true);
        WriteIds(json, "stop_token_ids", request.StopIds);
        WriteStops(json, request);
        if (request.Generation.Grammar?.JsonSchema is { } schema)
        {
            json.WriteStartObject("structured_outputs");
            json.WritePropertyName("json");
            json.WriteRawValue(schema.Span);
            json.WriteEndObject();
        }

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
            ? new UpstreamChunk(ids ?? [], text, ReadFinish(UpstreamJson.FindText(choice, "finish_reason")), UpstreamJson.FindText(data, "model"), ReadLogprobs(choice))
            : throw UpstreamJson.Broken("there is text without token_ids; vLLM gives them from 0.10.2 on");
    }

    // As in 0.11.0, 0.11.0rc2 or 0.11.1.dev7+g0123abc. One that can't be read is taken for a newer one.
    private bool IsBefore(Version other)
        => Version.TryParse(string.Join('.', version.Split('.').Take(2)), out var major) && major < other;

    /// <summary>Raw ones unless the server was started with another <c>--logprobs-mode</c>; tokens are named <c>token_id:7</c>.</summary>
    private static List<TokenLogprobs>? ReadLogprobs(JsonElement choice)
    {
        if (UpstreamJson.Find(choice, "logprobs") is not { } all)
        {
            return null;
        }

        if (UpstreamJson.Find(all, "token_logprobs") is not { ValueKind: JsonValueKind.Array } own
            || UpstreamJson.Find(all, "top_logprobs") is not { ValueKind: JsonValueKind.Array } tops
            || own.GetArrayLength() != tops.GetArrayLength())
        {
            throw UpstreamJson.Broken("its logprobs are not token_logprobs and as many top_logprobs");
        }

        return [.. own.EnumerateArray().Zip(tops.EnumerateArray(), (one, top) => new TokenLogprobs(ReadLogprob(one), ReadTop(top)))];
    }

    private static List<TokenLogprob> ReadTop(JsonElement top)
        => top.ValueKind == JsonValueKind.Object
            ? [.. top.EnumerateObject().Select(member => new TokenLogprob(ReadToken(member), ReadLogprob(member.Value)))]
            : throw UpstreamJson.Broken("a place of top_logprobs is no object");

    private static int ReadToken(JsonProperty member)
        => member.Name.StartsWith(TokenPrefix, StringComparison.Ordinal)
            && int.TryParse(member.Name.AsSpan(TokenPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                ? id
                : throw UpstreamJson.Broken("top_logprobs name a token otherwise than by its id");

    // Rounding may lead a hair above 0.
    private static double ReadLogprob(JsonElement element)
        => element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var logprob) && double.IsFinite(logprob)
            ? Math.Min(0, logprob)
            : throw UpstreamJson.Broken("a log-probability is no number");
}
