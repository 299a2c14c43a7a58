using CocoonOrleans.Inference.Sampling;

namespace CocoonOrleans.Inference.Engines;

/// <summary>What every engine asks of a request before it takes it.</summary>
internal static class RequestRules
{
    private const int MaximumStopStrings = 16;
    private const int MaximumStopStringLength = 256;
    private const int MaximumStopIds = 64;
    private const int MaximumTenantLength = 128;

    /// <summary>A deadline further away is a mistake, and no timer would fire for it.</summary>
    private static readonly TimeSpan FurthestDeadline = TimeSpan.FromDays(1);

    /// <summary>Why a model can't take a request; null where it can.</summary>
    public static EngineRefusal? Check(GenerationRequest request, int contextTokens, int vocabularySize, DateTimeOffset now)
        => CheckPrompt(request.PromptIds.Span, contextTokens, vocabularySize)
            ?? (request.MaxCompletionTokens >= 1 ? null : Invalid(nameof(request.MaxCompletionTokens), "must be 1 or more"))
            ?? (request.Choices is >= 1 and <= GenerationRequest.MostChoices ? null : Invalid(nameof(request.Choices), $"must be 1 to {GenerationRequest.MostChoices}"))
            ?? SamplingRules.Check(request.Sampling, vocabularySize)
            ?? CheckStops(request, vocabularySize)
            ?? CheckTenant(request.Tenant)
            ?? CheckDeadline(request.Deadline, now);

    /// <summary>What every engine asks that can't keep an answer to a grammar: to answer without would be to answer something else.</summary>
    public static EngineRefusal? CheckWithoutGrammars(GenerationRequest request)
        => request.Grammar is null ? null : Invalid(nameof(request.Grammar), "must be absent: this engine keeps no answer to a grammar");

    /// <summary>Why a model can't take a request for vectors; null where it can.</summary>
    public static EngineRefusal? Check(EmbeddingRequest request, LoadedModel model, int vocabularySize, DateTimeOffset now)
    {
        if (model.EmbeddingSize is not { } size)
        {
            return new EngineRefusal(EngineRefusalKind.OtherTask, $"The model {model.Name} generates text; it makes no embeddings.", nameof(request.Model));
        }

        return CheckInputs(request.Inputs, model.ContextTokens, vocabularySize)
            ?? (request.Dimensions is { } dimensions && (dimensions < 1 || dimensions > size)
                ? Invalid(nameof(request.Dimensions), $"must be 1 to {size}, the width of the model's vectors")
                : null)
            ?? CheckTenant(request.Tenant)
            ?? CheckDeadline(request.Deadline, now);
    }

    /// <summary>Why a model can't generate at all; null where it can.</summary>
    public static EngineRefusal? CheckGenerates(LoadedModel model) => model.EmbeddingSize is null
        ? null
        : new EngineRefusal(EngineRefusalKind.OtherTask, $"The model {model.Name} makes embeddings; it generates no text.", nameof(GenerationRequest.Model));

    /// <summary>Why an audit can't be done; null where it can.</summary>
    public static EngineRefusal? Check(AuditRequest audit, int contextTokens, int vocabularySize)
    {
        var ids = audit.CompletionIds.Span;
        return CheckPrompt(audit.Request.PromptIds.Span, contextTokens, vocabularySize)
            ?? SamplingRules.Check(audit.Request.Sampling, vocabularySize)
            ?? (ids.IsEmpty || ids.Length > contextTokens - audit.Request.PromptIds.Length || ids.ContainsAnyExceptInRange(0, vocabularySize - 1)
                ? Invalid(nameof(audit.CompletionIds), $"must be ids from 0 to {vocabularySize - 1}, at least one, and fit the context of {contextTokens} with the prompt")
                : null)
            ?? (audit.Logprobs is { } logprobs && logprobs.Count != ids.Length ? Invalid(nameof(audit.Logprobs), $"must be {ids.Length}, one for each token") : null);
    }

    /// <summary>The refusal of an engine that computes no logits itself.</summary>
    public static EngineRefusal AuditNotSupported { get; } = new(EngineRefusalKind.NotSupported, "This engine computes no logits itself, so it can check no answer. Load the model into the native engine.");

    /// <summary>The refusal of a model that is not loaded.</summary>
    public static EngineRefusal UnknownModel(IReadOnlyList<LoadedModel> models)
        => new(EngineRefusalKind.UnknownModel, $"This worker has no such model. It serves: {string.Join(", ", models.Select(model => model.Id))}.", nameof(GenerationRequest.Model));

    /// <summary>The refusal of an engine whose queue is full.</summary>
    public static EngineRefusal QueueFull(int slots, int queue)
        => new(EngineRefusalKind.QueueFull, $"All {slots} slots are taken and {queue} requests wait already. Try again later or another worker.");

    /// <summary>The refusal of a deadline that passed.</summary>
    public static EngineRefusal DeadlinePassed { get; } = new(EngineRefusalKind.DeadlinePassed, "The deadline passed before the answer began.", nameof(GenerationRequest.Deadline));

    /// <summary>The refusal of a deadline that can't be met.</summary>
    public static EngineRefusal DeadlineTooShort { get; } = new(
        EngineRefusalKind.DeadlineTooShort, "The answer could not begin before the deadline: too much waits, or the prompt is too long for the time that is left.", nameof(GenerationRequest.Deadline));

    private static EngineRefusal? CheckPrompt(ReadOnlySpan<int> ids, int contextTokens, int vocabularySize)
    {
        const string Field = nameof(GenerationRequest.PromptIds);
        if (ids.IsEmpty)
        {
            return Invalid(Field, "must hold at least one token");
        }

        if (ids.Length >= contextTokens)
        {
            return new EngineRefusal(EngineRefusalKind.ContextTooLong, $"The prompt has {ids.Length} tokens; with an answer of one token it must fit the context of {contextTokens}.", Field);
        }

        return ids.ContainsAnyExceptInRange(0, vocabularySize - 1) ? Invalid(Field, $"must be ids from 0 to {vocabularySize - 1}") : null;
    }

    private static EngineRefusal? CheckInputs(IReadOnlyList<ReadOnlyMemory<int>> inputs, int contextTokens, int vocabularySize)
    {
        const string Field = nameof(EmbeddingRequest.Inputs);
        if (inputs.Count is 0 or > EmbeddingRequest.MaximumInputs)
        {
            return Invalid(Field, $"must be 1 to {EmbeddingRequest.MaximumInputs}");
        }

        var tokens = 0L;
        for (var i = 0; i < inputs.Count; i++)
        {
            var ids = inputs[i].Span;
            tokens += ids.Length;
            if (ids.IsEmpty)
            {
                return Invalid($"{Field}[{i}]", "must hold at least one token");
            }

            if (ids.Length > contextTokens)
            {
                return new EngineRefusal(EngineRefusalKind.ContextTooLong, $"{Field}[{i}] has {ids.Length} tokens; the model takes {contextTokens}.", $"{Field}[{i}]");
            }

            if (ids.ContainsAnyExceptInRange(0, vocabularySize - 1))
            {
                return Invalid($"{Field}[{i}]", $"must be ids from 0 to {vocabularySize - 1}");
            }
        }

        return tokens > EmbeddingRequest.MaximumTokens ? Invalid(Field, $"have {tokens} tokens; {EmbeddingRequest.MaximumTokens} are allowed in one request") : null;
    }

    private static EngineRefusal? CheckTenant(string? tenant)
        => tenant is { Length: 0 or > MaximumTenantLength } ? Invalid(nameof(GenerationRequest.Tenant), $"must be 1 to {MaximumTenantLength} characters") : null;

    private static EngineRefusal? CheckStops(GenerationRequest request, int vocabularySize)
    {
        if (request.StopStrings.Count > MaximumStopStrings || request.StopStrings.Any(text => text.Length is 0 or > MaximumStopStringLength))
        {
            return Invalid(nameof(request.StopStrings), $"must be at most {MaximumStopStrings} texts of 1 to {MaximumStopStringLength} characters");
        }

        return request.StopIds is { } ids && (ids.Count > MaximumStopIds || ids.Any(id => id < 0 || id >= vocabularySize))
            ? Invalid(nameof(request.StopIds), $"must be at most {MaximumStopIds} ids from 0 to {vocabularySize - 1}")
            : null;
    }

    private static EngineRefusal? CheckDeadline(DateTimeOffset? deadline, DateTimeOffset now)
    {
        if (deadline <= now)
        {
            return DeadlinePassed;
        }

        return deadline - now > FurthestDeadline ? Invalid(nameof(GenerationRequest.Deadline), "must be within a day") : null;
    }

    private static EngineRefusal Invalid(string field, string rule) => new(EngineRefusalKind.InvalidOption, $"{field} {rule}.", field);
}
