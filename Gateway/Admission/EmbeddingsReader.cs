using System.Globalization;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Models;
using CocoonOrleans.Gateway.Sealing;
using CocoonOrleans.Grains.Models;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tokenization.Chat;
using CocoonOrleans.Tokenization.Embeddings;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Admission;

/// <summary>Understands requests for embeddings.</summary>
public sealed class EmbeddingsReader(ModelCatalog catalog, ChatModels chatModels, IOptions<GatewayOptions> options, TimeProvider time)
    : JobReader<EmbeddingsJob>(catalog, chatModels)
{
    /// <summary>Most numbers of all vectors of an answer, which are held in memory: 2048 vectors of 4096.</summary>
    public const int MaximumNumbers = 1 << 23;

    /// <inheritdoc/>
    public override EmbeddingsJob? Read(JobIntake intake, out ApiError? error)
    {
        ArgumentNullException.ThrowIfNull(intake);
        if (!EmbeddingsRequest.TryParse(intake.Body, out EmbeddingsRequest? request, out ChatRequestError? fault))
        {
            error = Refused(fault);
            return null;
        }

        if (intake.IsStrict && request.IgnoredParameters is [string ignored, ..])
        {
            error = Unknown(ignored);
            return null;
        }

        if (!TryFind(request.Model, embeds: true, out CatalogModel? model, out ChatModel? tokenizer, out error))
        {
            return null;
        }

        int dimensions = request.Dimensions ?? model.EmbeddingDimensions;
        error = FindFault(request.Inputs.Count, dimensions, model);
        if (error is not null)
        {
            return null;
        }

        if (!request.TryEncode(tokenizer.Tokenizer, model.ContextTokens, out int[][]? inputs, out fault))
        {
            error = Refused(fault);
            return null;
        }

        TrustTier? lowest = TrustRules.Lowest(intake.Caller, TierNames.Parse(request.Provider.Trust), TrustField, out error);
        if (error is not null)
        {
            return null;
        }

        DateTimeOffset now = time.GetUtcNow();
        return new EmbeddingsJob
        {
            JobId = JobIds.Fresh(time),
            Caller = intake.Caller,
            Model = model,
            Payload = intake.Body,
            Inputs = inputs.Length,
            LongestInput = inputs.Max(static input => input.Length),
            Dimensions = dimensions,
            AsBase64 = request.AsBase64,
            IsIdempotent = intake.IdempotencyKey is not null,
            PromptTokens = inputs.Sum(static input => input.Length),
            Cap = Cap(request.Provider.MaxPrice, model.Reserve),
            MinimumTier = lowest,
            Filter = Filter(request.Provider),
            Created = now,
            Until = now + Shorter(request.TimeLimit, options.Value.Dispatch.JobLimit),
            Arrived = intake.Arrived,
        };
    }

    private static ApiError? FindFault(int inputs, int dimensions, CatalogModel model) =>
        dimensions > model.EmbeddingDimensions
            ? new ApiError(ErrorKinds.InvalidValue, string.Create(CultureInfo.InvariantCulture, $"'dimensions' must be at most {model.EmbeddingDimensions}, the width of this model's vectors."))
            {
                Param = "dimensions",
            }
            : (long)inputs * dimensions > MaximumNumbers
                ? new ApiError(ErrorKinds.InvalidValue, string.Create(
                    CultureInfo.InvariantCulture, $"{inputs} vectors of {dimensions} numbers are more than one answer holds. Send at most {MaximumNumbers / dimensions} inputs."))
                {
                    Param = "input",
                }
                : null;
}
