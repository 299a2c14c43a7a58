using System.Text.Json;
using CocoonOrleans.Inference.Engines;

namespace CocoonOrleans.Inference.Upstream;

/// <summary>
/// What OpenAI's documents promise of <c>/v1/completions</c> and nothing more: a prompt of token ids, the answer as text. The server's own end tokens end it.
/// </summary>
internal sealed class OpenAiProtocol : UpstreamProtocol
{
    private const int MostStops = 4;
    private const string NotInApi = "OpenAI's completions have no such option";

    public override string Path => "/v1/completions";

    public override bool GivesIds => false;

    public override EngineRefusal? Check(GenerationRequest request)
        => Unless(request.Grammar is null, nameof(GenerationRequest.Grammar), NotInApi)
            ?? Unless(request.Sampling.TopK == 0, nameof(SamplingOptions.TopK), NotInApi)
            ?? Unless(request.Sampling.MinP == 0, nameof(SamplingOptions.MinP), NotInApi)
            ?? Unless(request.Sampling.RepetitionPenalty == 1, nameof(SamplingOptions.RepetitionPenalty), NotInApi)
            ?? Unless(request.Sampling.TopLogprobs is null, nameof(SamplingOptions.TopLogprobs), "this server doesn't say the ids of its tokens");

    public override void Write(Utf8JsonWriter json, UpstreamRequest request)
    {
        var sampling = request.Generation.Sampling;
        json.WriteString("model", request.Model);
        WritePrompt(json, "prompt", request);
        json.WriteBoolean("stream", true);
        json.WriteNumber("max_tokens", request.MaxTokens);
        json.WriteNumber("temperature", sampling.Temperature);
        json.WriteNumber("top_p", sampling.TopP);
        json.WriteNumber("presence_penalty", sampling.PresencePenalty);
        json.WriteNumber("frequency_penalty", sampling.FrequencyPenalty);
        WriteBias(json, request);
        json.WriteNumber("seed", request.Seed);

        // All of them are looked for here; those that the API has no room for end the server's work a little later.
        WriteStops(json, request, MostStops);
    }

    public override UpstreamChunk Read(JsonElement data, int received)
        => Choice(data) is { } choice
            ? new UpstreamChunk([], UpstreamJson.FindText(choice, "text") ?? "", ReadFinish(UpstreamJson.FindText(choice, "finish_reason")), UpstreamJson.FindText(data, "model"))
            : UpstreamChunk.Empty;
}
