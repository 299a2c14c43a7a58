using System.Globalization;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Models;
using CocoonOrleans.Gateway.Sealing;
using CocoonOrleans.Grains.Models;
using CocoonOrleans.Market.Offers;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tokenization.Chat;
using CocoonOrleans.Tokenization.Tokenizers;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Admission;

/// <summary>Understands chats.</summary>
public sealed class ChatReader(ModelCatalog catalog, ChatModels chatModels, IOptions<GatewayOptions> options, TimeProvider time) : JobReader<ChatJob>(catalog, chatModels)
{
    /// <inheritdoc/>
    public override ChatJob? Read(JobIntake intake, out ApiError? error)
    {
        ArgumentNullException.ThrowIfNull(intake);
        if (!ChatCompletionRequest.TryParse(intake.Body, out ChatCompletionRequest? request, out ChatRequestError? fault))
        {
            error = Refused(fault);
            return null;
        }

        if (intake.IsStrict && request.IgnoredParameters is [string ignored, ..])
        {
            error = Unknown(ignored);
            return null;
        }

        if (!TryFind(request.Model, embeds: false, out CatalogModel? model, out ChatModel? chatModel, out error) || Count(chatModel, request, out error) is not { } prompt)
        {
            return null;
        }

        int room = model.ContextTokens - prompt;
        if (room < 1)
        {
            error = new ApiError(ErrorKinds.ContextLengthExceeded, string.Create(CultureInfo.InvariantCulture,
                $"This model's maximum context length is {model.ContextTokens} tokens. The {(request.Prompt is null ? "messages have" : "prompt has")} {prompt} tokens and {(request.Prompt is null ? "leave" : "leaves")} no room for an answer."))
            {
                Param = request.Prompt is null ? "messages" : "prompt",
            };
            return null;
        }

        TrustTier? lowest = TrustRules.Lowest(intake.Caller, TierNames.Parse(request.Provider.Trust), TrustField, out error);
        if (error is not null)
        {
            return null;
        }

        DateTimeOffset now = time.GetUtcNow();
        return new ChatJob
        {
            JobId = JobIds.Fresh(time),
            Caller = intake.Caller,
            Model = model,
            ChatModel = chatModel,
            Payload = intake.Body,
            Stream = request.Stream,
            IncludeUsage = request.IncludeUsage,
            TakesLogprobs = request.TopLogprobs is not null,
            ForcedCall = chatModel.ForcedCallOf(request),
            IsIdempotent = intake.IdempotencyKey is not null,
            PromptTokens = prompt,

            // Clients ask for 100,000 tokens where they mean "as many as fit".
            MaxTokensPerChoice = Math.Min(request.MaxCompletionTokens ?? model.DefaultMaxCompletionTokens, room),
            Choices = request.Choices,
            Cap = Cap(request.Provider.MaxPrice, model.Reserve),
            MinimumTier = lowest,
            Filter = Filter(request.Provider, Needs(request)),
            Created = now,
            Until = now + Shorter(request.TimeLimit, options.Value.Dispatch.JobLimit),
            Arrived = intake.Arrived,
        };
    }

    private static OfferFeatures Needs(ChatCompletionRequest request) =>
        (request.Tools.Count > 0 ? OfferFeatures.Tools : OfferFeatures.None)
        | (request.ResponseFormat is null ? OfferFeatures.None : OfferFeatures.StructuredOutputs)
        | (request.TopLogprobs is null ? OfferFeatures.None : OfferFeatures.Logprobs);

    private static int? Count(ChatModel model, ChatCompletionRequest request, out ApiError? error)
    {
        try
        {
            error = model.TryCountPrompt(request, out int tokens, out ChatRequestError? fault) ? null : Refused(fault);
            return error is null ? tokens : null;
        }
        catch (TokenizerFormatException)
        {
            // The model's splitting pattern takes forever on some texts, and is stopped.
            error = new ApiError(ErrorKinds.InvalidValue, "The messages can't be split into tokens in a reasonable time.") { Param = "messages" };
            return null;
        }
    }
}
