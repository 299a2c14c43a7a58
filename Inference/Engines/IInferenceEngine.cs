namespace CocoonOrleans.Inference.Engines;

/// <summary>
/// Turns token ids into token ids and text, or into vectors, with a language model. Safe for many callers at once. Disposing it stops the work under way:
/// answers that are not finished fail with <see cref="GenerationFailure.EngineStopped"/>.
/// </summary>
public interface IInferenceEngine : IAsyncDisposable
{
    /// <summary>What this engine is and which models it serves. Changes only when <see cref="LoadAsync"/> completes.</summary>
    EngineCapabilities Capabilities { get; }

    /// <summary>How busy it is right now.</summary>
    EngineStatistics Statistics { get; }

    /// <summary>Loads a model. Loading the same name again with the same content returns the loaded one.</summary>
    /// <param name="model">Which model, and where it lies.</param>
    /// <param name="progress">Told about each stage; may be called from any thread.</param>
    /// <param name="cancellationToken">Gives up loading; nothing of the model stays.</param>
    /// <exception cref="Formats.ModelFormatException">A file is missing, damaged, altered or of an unsupported kind.</exception>
    Task<LoadedModel> LoadAsync(ModelReference model, IProgress<LoadProgress>? progress, CancellationToken cancellationToken);

    /// <summary>
    /// Answers one request: any number of <see cref="TokenGenerated"/>, then exactly one <see cref="GenerationFinished"/>. The texts of all events,
    /// joined, are the answer. Of several answers to one prompt each does so, and their events come mixed. A reader who is slow pauses this request only.
    /// </summary>
    /// <param name="request">Prompt, limits and sampling.</param>
    /// <param name="cancellationToken">Ends the answer within one step of the engine; leaving the enumeration does the same.</param>
    /// <exception cref="EngineRefusalException">Thrown by the first move: the request is refused, with the reason, and cost nothing.</exception>
    /// <exception cref="GenerationFailedException">Thrown after any number of events: the answer can't go on; of several, where one can't.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    IAsyncEnumerable<GenerationEvent> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken);

    /// <summary>Turns texts into vectors of length 1, with a model that was made for it. Answers under way go on beside it.</summary>
    /// <param name="request">The texts as token ids.</param>
    /// <param name="cancellationToken">Gives up within one step of the engine.</param>
    /// <exception cref="EngineRefusalException">The request is refused, with the reason, and cost nothing; <see cref="EngineRefusalKind.OtherTask"/> where the model generates.</exception>
    /// <exception cref="GenerationFailedException">The vectors can't be computed, all or none; <see cref="GenerationFailure.NotANumber"/> where one has no direction.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    Task<EmbeddingResult> EmbedAsync(EmbeddingRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Checks an answer in one pass over prompt and answer, much cheaper than making it. It sees the text, so it is for whoever may: the client, or a worker that
    /// the client trusts.
    /// </summary>
    /// <param name="request">The answer and what came with it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="EngineRefusalException">The request is refused, with the reason; <see cref="EngineRefusalKind.NotSupported"/> where the engine computes no logits itself.</exception>
    /// <exception cref="GenerationFailedException">It can't be computed.</exception>
    Task<AuditReport> AuditAsync(AuditRequest request, CancellationToken cancellationToken);
}
