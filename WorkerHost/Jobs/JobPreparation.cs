using System.Diagnostics.CodeAnalysis;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Grammars;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Tokenization.Chat;
using CocoonOrleans.Tokenization.Embeddings;
using CocoonOrleans.Tokenization.Tokenizers;
using CocoonOrleans.Tokenization.ToolCalls;
using CocoonOrleans.Tunnel.Handshakes;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.WorkerHost.Models;

namespace CocoonOrleans.WorkerHost.Jobs;

/// <summary>Opens the payload of a job and turns it into what the engine is asked.</summary>
internal static class JobPreparation
{
    /// <summary>Reads the payload.</summary>
    /// <returns>Null where it is larger than the tunnel carries.</returns>
    public static async Task<ReadOnlyMemory<byte>?> ReadPayloadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var payload = new MemoryStream((int)Math.Clamp(request.ContentLength ?? 4096, 0, TunnelProtocol.MaxPayloadBytes));
        try
        {
            await request.Body.CopyToAsync(payload, cancellationToken);
            return payload.GetBuffer().AsMemory(0, (int)payload.Length);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return null;
        }
    }

    /// <summary>Understands a payload: the client's OpenAI request as it came.</summary>
    /// <param name="dispatch">The clear part.</param>
    /// <param name="model">The model.</param>
    /// <param name="request">The opened payload.</param>
    /// <param name="grammars">Compiles what the answer is held to.</param>
    /// <param name="error">Why it can't be served; null where it can.</param>
    public static PreparedJob? Prepare(JobDispatch dispatch, ServedModel model, OpenedRequest request, RequestGrammars grammars, out JobError? error)
    {
        bool embeds = dispatch.Kind == JobKind.Embeddings;
        if (embeds != model.Loaded.EmbeddingSize is not null)
        {
            error = JobErrors.OtherTask(embeds);
            return null;
        }

        string? tenant = request.Meta.CacheSalt?.ToString();
        return embeds
            ? PrepareEmbeddings(dispatch, model, request.Body, tenant, out error)
            : PrepareChat(dispatch, model, request.Body, tenant, grammars, out error);
    }

    private static PreparedEmbeddings? PrepareEmbeddings(JobDispatch dispatch, ServedModel model, ReadOnlyMemory<byte> payload, string? tenant, out JobError? error)
    {
        if (!EmbeddingsRequest.TryParse(payload, out EmbeddingsRequest? request, out ChatRequestError? fault)
            || !request.TryEncode(model.Loaded.Tokenizer, model.Loaded.ContextTokens, out int[][]? inputs, out fault))
        {
            error = JobErrors.Of(fault);
            return null;
        }

        if (request.Dimensions > model.Loaded.EmbeddingSize)
        {
            error = JobErrors.TooManyDimensions(model.Loaded.EmbeddingSize.Value);
            return null;
        }

        error = null;
        return new PreparedEmbeddings(dispatch, model, inputs, tenant, request.Dimensions);
    }

    private static PreparedChat? PrepareChat(
        JobDispatch dispatch, ServedModel model, ReadOnlyMemory<byte> payload, string? tenant, RequestGrammars grammars, out JobError? error)
    {
        error = null;
        if (!ChatCompletionRequest.TryParse(payload, out ChatCompletionRequest? request, out ChatRequestError? fault))
        {
            error = JobErrors.Of(fault);
            return null;
        }
        if (!TryEncode(model, request, out int[]? prompt, out fault))
        {
            error = JobErrors.Of(fault);
            return null;
        }

        int room = model.Loaded.ContextTokens - prompt.Length;
        if (room < 1)
        {
            error = JobErrors.PromptTooLong(prompt.Length, model.Loaded.ContextTokens);
            return null;
        }
        if (!TryReadGrammar(tenant, model, request, grammars, out Grammar? grammar, out fault))
        {
            error = JobErrors.Of(fault);
            return null;
        }

        if (dispatch.MaxCompletionTokens < request.Choices)
        {
            error = new JobError(JobErrorCodes.BadDispatch, $"{dispatch.MaxCompletionTokens} tokens are not enough for {request.Choices} answers.", Retryable: false);
            return null;
        }

        var generation = new GenerationRequest
        {
            Model = model.Name,
            PromptIds = prompt,
            // Where the hold ends, the answers end: nothing beyond it would be paid.
            MaxCompletionTokens = Math.Min(Math.Min(dispatch.MaxCompletionTokens / request.Choices, request.MaxCompletionTokens ?? int.MaxValue), room),
            Choices = request.Choices,
            Sampling = SamplingOptions.Of(request, model.Chat.SamplingDefaults),
            Grammar = grammar,
            StopStrings = StopsOf(model, request),
            StopIds = model.StopIds,
            Deadline = dispatch.Deadline,
            Tenant = tenant,
        };
        return new PreparedChat(dispatch, model, generation, [.. Enumerable.Range(0, request.Choices).Select(_ => model.Chat.ParserFor(request, prompt))], request.IncludeUsage);
    }

    private static bool TryEncode(ServedModel model, ChatCompletionRequest request, [NotNullWhen(true)] out int[]? prompt, [NotNullWhen(false)] out ChatRequestError? fault)
    {
        try
        {
            return model.Chat.TryEncodePrompt(request, out prompt, out fault);
        }
        catch (TokenizerFormatException)
        {
            // Text made to keep the tokenizer's splitting pattern busy.
            prompt = null;
            fault = new ChatRequestError("The model's tokenizer takes too long on this text. Shorten the messages, or break up long runs.", "messages", ChatRequestError.InvalidValue);
            return false;
        }
    }

    /// <summary>What the answer is held to: the request's format, or the call that it forces.</summary>
    private static bool TryReadGrammar(
        string? tenant, ServedModel model, ChatCompletionRequest request, RequestGrammars grammars, out Grammar? grammar, [NotNullWhen(false)] out ChatRequestError? fault)
    {
        (grammar, fault) = (null, null);
        string param = "response_format.json_schema.schema";
        try
        {
            if (model.Chat.ForcedCallOf(request) is { } call)
            {
                param = "tools";
                grammar = grammars.OfSchema(tenant, call.Schema);
            }
            else if (request.ResponseFormat is { } format)
            {
                param = format.Pattern is not null ? "structured_outputs.regex" : format.Gbnf is not null ? "structured_outputs.grammar" : param;
                grammar = format switch
                {
                    { Schema: { } schema } => grammars.OfSchema(tenant, schema),
                    { Pattern: { } pattern } => grammars.OfPattern(tenant, pattern),
                    { Gbnf: { } gbnf } => grammars.OfGbnf(tenant, gbnf),
                    _ => Grammar.JsonObject,
                };
            }

            return true;
        }
        catch (GrammarException e)
        {
            fault = new ChatRequestError($"{(param.StartsWith("structured", StringComparison.Ordinal) ? "The grammar" : "The JSON schema")} can't be kept to: {e.Message}", param, ChatRequestError.InvalidValue);
            return false;
        }
    }

    /// <summary>Where one call at most is wanted, and calls have an end, the answer ends with the first.</summary>
    private static IReadOnlyList<string> StopsOf(ServedModel model, ChatCompletionRequest request) =>
        !request.ParallelToolCalls && request.Tools.Count > 0 && request.ToolChoice.Mode == ToolChoiceMode.Auto && model.Chat.ToolCallStyle == ToolCallStyle.Hermes
            ? [.. request.Stop, AnswerParser.HermesEnd]
            : request.Stop;
}
