using System.Globalization;
using System.Security.Cryptography;
using CocoonOrleans.Gateway.Authentication;
using CocoonOrleans.Gateway.Dispatch;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Markets;
using CocoonOrleans.Gateway.Models;
using CocoonOrleans.Gateway.Workers;
using CocoonOrleans.Market;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Tokenization.Chat;
using CocoonOrleans.Tokenization.Tokenizers;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Admission;

/// <summary>Everything between a request's bytes and its hold: parsing, the model, the exact prompt count, limits, and whether the market could serve it.</summary>
public sealed class ChatAdmission(
    ModelCatalog catalog, ChatModels chatModels, SlotLeases leases, JobHolds holds, IOptions<GatewayOptions> options, TimeProvider time) : IDisposable
{
    /// <summary>The header with which a client may repeat a request.</summary>
    public const string IdempotencyHeader = "Idempotency-Key";

    private const int LargeBodyBytes = 64 << 10;

    private readonly DispatchOptions _limits = options.Value.Dispatch;

    // To count megabytes of prompt takes a second or more of a core. All others must not wait behind them.
    private readonly SemaphoreSlim _large = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <summary>Admits a request, or says why not. Where it is admitted its hold is durable.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="body">The request's bytes.</param>
    /// <param name="idempotencyKey">The client's <c>Idempotency-Key</c>; null where it sent none.</param>
    /// <param name="arrived">The clock's timestamp of its arrival.</param>
    /// <exception cref="Cluster.ClusterUnavailableException">The hold could not be placed.</exception>
    public async Task<(ChatJob? Job, ApiError? Error)> AdmitAsync(Caller caller, byte[] body, string? idempotencyKey, long arrived)
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(body);
        if (idempotencyKey is not null && !JobIds.IsIdempotencyKey(idempotencyKey))
        {
            return (null, new ApiError(ErrorKinds.InvalidValue, $"{IdempotencyHeader} must be 1 to {JobIds.MaxIdempotencyKeyLength} printable ASCII characters.") { Param = IdempotencyHeader });
        }

        (ChatJob? job, ApiError? error) = await PrepareAsync(caller, body, idempotencyKey is not null, arrived);
        if (job is null)
        {
            return (null, error);
        }

        // Before money moves. A repeat of an earlier request is told what became of that, whatever the market is now.
        if (idempotencyKey is null && leases.FindObstacle(job.Wish) is { } obstacle)
        {
            return (null, obstacle);
        }

        return await holds.PlaceAsync(job, SHA256.HashData(body), idempotencyKey);
    }

    /// <inheritdoc/>
    public void Dispose() => _large.Dispose();

    private async Task<(ChatJob? Job, ApiError? Error)> PrepareAsync(Caller caller, byte[] body, bool isIdempotent, long arrived)
    {
        bool isLarge = body.Length > LargeBodyBytes;
        if (isLarge)
        {
            await _large.WaitAsync();
        }

        try
        {
            return ChatCompletionRequest.TryParse(body, out ChatCompletionRequest? request, out ChatRequestError? fault)
                ? (Prepare(caller, request, body, isIdempotent, arrived, out ApiError? error), error)
                : (null, Refused(fault));
        }
        finally
        {
            if (isLarge)
            {
                _large.Release();
            }
        }
    }

    private ChatJob? Prepare(Caller caller, ChatCompletionRequest request, byte[] body, bool isIdempotent, long arrived, out ApiError? error)
    {
        if (catalog.Find(request.Model) is not { } model)
        {
            error = new ApiError(ErrorKinds.ModelNotFound, "The model does not exist. GET /v1/models lists those that do.") { Param = "model" };
            return null;
        }

        if (request.Provider.Trust is not (null or "open"))
        {
            error = new ApiError(ErrorKinds.NoAttestedProvider, $"No worker of tier {request.Provider.Trust} serves this model.") { Param = "provider.trust" };
            return null;
        }

        if (chatModels.Find(model.TokenizerSha256) is not { } chatModel)
        {
            error = new ApiError(ErrorKinds.NoCapacity, "No worker has served this model yet.");
            return null;
        }

        if (Count(chatModel, request, out error) is not { } prompt)
        {
            return null;
        }

        int room = model.ContextTokens - prompt;
        if (room < 1)
        {
            error = new ApiError(ErrorKinds.ContextLengthExceeded, string.Create(CultureInfo.InvariantCulture,
                $"This model's maximum context length is {model.ContextTokens} tokens. The messages have {prompt} tokens and leave no room for an answer."))
            {
                Param = "messages",
            };
            return null;
        }

        error = null;
        DateTimeOffset now = time.GetUtcNow();
        return new ChatJob
        {
            JobId = JobIds.Fresh(time),
            Caller = caller,
            Model = model,
            ChatModel = chatModel,
            Payload = body,
            Stream = request.Stream,
            IncludeUsage = request.IncludeUsage,
            TakesLogprobs = request.TopLogprobs is not null,
            ForcesCall = chatModel.ForcedCallOf(request) is not null,
            IsIdempotent = isIdempotent,
            PromptTokens = prompt,

            // Clients ask for 100,000 tokens where they mean "as many as fit".
            MaxTokensPerChoice = Math.Min(request.MaxCompletionTokens ?? model.DefaultMaxCompletionTokens, room),
            Choices = request.Choices,
            Cap = Cap(request.Provider.MaxPrice, model.Reserve),
            Created = now,
            Until = now + (request.TimeLimit < _limits.JobLimit ? request.TimeLimit.Value : _limits.JobLimit),
            Arrived = arrived,
        };
    }

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

    private static ApiError Refused(ChatRequestError fault) => new(ErrorKinds.Find(fault.Code) ?? ErrorKinds.InvalidValue, fault.Message) { Param = fault.Param };

    /// <summary>The buyer's own limits, for each that it left out the catalogue's reserve. Cached prompt tokens are limited as others where the buyer says anything.</summary>
    private static TokenPrices Cap(PriceLimits limits, TokenPrices reserve) => new(
        Limit(limits.PromptNanoPerMillionTokens, reserve.Prompt),
        Limit(limits.PromptNanoPerMillionTokens, reserve.Cached),
        Limit(limits.CompletionNanoPerMillionTokens, reserve.Completion),
        Limit(limits.RequestNano, reserve.Request));

    private static Nano Limit(long? limit, Nano reserve) => limit is { } nano ? new Nano(Math.Min(nano, RegistrationCheck.HighestPrice)) : reserve;
}
