using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Sampling;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Inference.Scripted;

/// <summary>
/// Replays a script, for tests and load: no model is behind it. It calls itself <see cref="EngineKind.Scripted"/>, which travels with every answer,
/// and refuses to start in a Production environment.
/// </summary>
public sealed class ScriptedEngine : IInferenceEngine
{
    /// <summary>What an operator reads who configured this engine for Production.</summary>
    internal const string RefusedInProduction =
        "The scripted engine answers from a script and doesn't run in the environment Production. Configure the native engine, or set DOTNET_ENVIRONMENT=Development for tests.";

    private readonly ScriptedEngineOptions _options;
    private readonly TimeProvider _time;
    private readonly TokenRate _rate;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _loading = new(1);
    private ImmutableList<ScriptedModel> _models = [];

    /// <summary>Starts the engine; it serves nothing until a model is loaded.</summary>
    /// <exception cref="InvalidOperationException">The environment is Production.</exception>
    public ScriptedEngine(IOptions<ScriptedEngineOptions> options, IHostEnvironment environment, TimeProvider time)
    {
        if (environment.IsProduction())
        {
            throw new InvalidOperationException(RefusedInProduction);
        }

        _options = options.Value;
        _time = time;
        _rate = new TokenRate(time);
    }

    /// <inheritdoc/>
    public EngineCapabilities Capabilities
        => new(EngineKind.Scripted, EngineVersion.Current, _options.Slots, _options.Queue, [.. _models.Select(model => model.Model)]);

    /// <inheritdoc/>
    public EngineStatistics Statistics
    {
        get
        {
            var models = _models;
            return new EngineStatistics(models.Sum(model => model.Slots.Running), models.Sum(model => model.Slots.Queued), models.Count * _options.Slots, _rate.PerSecond);
        }
    }

    /// <inheritdoc/>
    public async Task<LoadedModel> LoadAsync(ModelReference model, IProgress<LoadProgress>? progress, CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken);
        try
        {
            progress?.Report(new LoadProgress(LoadStage.Reading, 0, 0));
            var scripted = new ScriptedModel(model, _options);
            if (_models.Find(other => other.Model.Name == model.Name) is { } present)
            {
                return present.Model.ManifestSha256 == scripted.Model.ManifestSha256
                    ? present.Model
                    : throw new Formats.ModelFormatException(model.Folder, "name", $"another model is loaded under the name {model.Name} already");
            }

            _models = _models.Add(scripted);
            progress?.Report(new LoadProgress(LoadStage.Ready, 0, 0));
            return scripted.Model;
        }
        finally
        {
            _loading.Release();
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<GenerationEvent> GenerateAsync(GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var model = FindModel(request);
        using var place = model.Slots.Enter();
        await foreach (var step in MixedAnswers.Of(request, (alone, choice, cancelled) => AnswerAsync(alone, choice, model.Model, place, cancelled), cancellationToken))
        {
            yield return step;
        }
    }

    /// <inheritdoc/>
    public async Task<EmbeddingResult> EmbedAsync(EmbeddingRequest request, CancellationToken cancellationToken)
    {
        var model = FindModel(request.Model);
        if (RequestRules.Check(request, model.Model, model.Model.Tokenizer.VocabularySize, _time.GetUtcNow()) is { } refusal)
        {
            throw new EngineRefusalException(refusal);
        }

        using var place = model.Slots.Enter();
        var tokens = request.Inputs.Sum(input => input.Length);
        using var waits = new AnswerWaits(request.Deadline, () => new GenerationUsage(tokens, 0, 0), _time, _stopping.Token, cancellationToken);
        using var slot = await waits.ForAsync(place.WaitForSlotAsync);
        waits.Begun = true;
        var rule = _options.Rules.Find(rule => request.Inputs.Any(input => model.Model.Tokenizer.Decode(input.Span).Contains(rule.WhenPromptContains, StringComparison.Ordinal))) ?? new ScriptedRule();
        await waits.ForAsync(token => Task.Delay(rule.Behaviour == ScriptedBehaviour.Hang ? Timeout.InfiniteTimeSpan : rule.FirstTokenDelay, _time, token));
        if (rule.FailAfterTokens is not null)
        {
            throw new GenerationFailedException(GenerationFailure.Scripted, "The script lets this request fail.", new GenerationUsage(tokens, 0, 0));
        }

        return new EmbeddingResult([.. request.Inputs.Select(input => Draw(input.Span, request.Dimensions ?? _options.EmbeddingSize!.Value))], tokens);
    }

    /// <inheritdoc/>
    public Task<AuditReport> AuditAsync(AuditRequest request, CancellationToken cancellationToken)
        => Task.FromException<AuditReport>(new EngineRefusalException(RequestRules.AuditNotSupported));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _stopping.CancelAsync();

    private ScriptedModel FindModel(GenerationRequest request)
    {
        var model = FindModel(request.Model);
        var refusal = RequestRules.CheckGenerates(model.Model)
            ?? RequestRules.Check(request, _options.ContextTokens, model.Model.Tokenizer.VocabularySize, _time.GetUtcNow())
            ?? RequestRules.CheckWithoutGrammars(request);
        return refusal is null ? model : throw new EngineRefusalException(refusal);
    }

    private ScriptedModel FindModel(string name)
        => _stopping.IsCancellationRequested ? throw new EngineRefusalException(AnswerWaits.StoppedRefusal)
            : _models.Find(model => model.Model.Name == name || model.Model.Id == name) ?? throw new EngineRefusalException(RequestRules.UnknownModel(Capabilities.Models));

    /// <summary>As many numbers as the script says, drawn from the ids alone: equal inputs have equal vectors, and that is all that they mean.</summary>
    private float[] Draw(ReadOnlySpan<int> ids, int dimensions)
    {
        var seed = BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(MemoryMarshal.AsBytes(ids)));
        double[] numbers = [.. Enumerable.Range(0, _options.EmbeddingSize!.Value).Select(place => Philox.Draw(seed, place) - 0.5)];
        return VectorScale.ToUnit(numbers, dimensions) ?? throw new GenerationFailedException(GenerationFailure.NotANumber, "The draw has no direction.", new GenerationUsage(ids.Length, 0, 0));
    }

    private async IAsyncEnumerable<GenerationEvent> AnswerAsync(
        GenerationRequest request, int choice, LoadedModel model, ModelSlots.Place place, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var progress = new AnswerProgress(request, model, choice);
        using var waits = new AnswerWaits(request.Deadline, () => progress.Usage, _time, _stopping.Token, cancellationToken);
        using var slot = await waits.ForAsync(place.WaitForSlotAsync);
        var prompt = model.Tokenizer.Decode(request.PromptIds.Span);
        var rule = _options.Rules.Find(rule => prompt.Contains(rule.WhenPromptContains, StringComparison.Ordinal)) ?? new ScriptedRule();
        var delay = rule.FirstTokenDelay;
        var said = 0;
        foreach (var id in Ids(rule, request, model, progress.Seed))
        {
            await WaitAsync(delay);
            if (rule.FailAfterTokens == said)
            {
                throw progress.Fail(GenerationFailure.Scripted, "The script lets this answer fail here.");
            }

            var (token, finished) = progress.Accept(id);
            waits.Begun = true;
            said++;
            delay = rule.TokensPerSecond > 0 ? TimeSpan.FromSeconds(1 / rule.TokensPerSecond) : TimeSpan.Zero;
            if (token is not null)
            {
                _rate.Add(1);
                yield return token;
            }

            if (finished is not null)
            {
                yield return finished;
                yield break;
            }
        }

        if (rule.Behaviour == ScriptedBehaviour.Hang)
        {
            await WaitAsync(Timeout.InfiniteTimeSpan);
        }

        yield return progress.Finish(FinishReason.Stop);

        Task WaitAsync(TimeSpan length) => waits.ForAsync(token => Task.Delay(length, _time, token));
    }

    private static IEnumerable<int> Ids(ScriptedRule rule, GenerationRequest request, LoadedModel model, long seed)
    {
        if (rule.Behaviour != ScriptedBehaviour.Garbage)
        {
            return model.Tokenizer.Encode(rule.Answer, addSpecialTokens: false);
        }

        return Enumerable.Range(request.PromptIds.Length, request.MaxCompletionTokens)
            .Select(position => (int)(Philox.Draw(seed, position) * model.Tokenizer.VocabularySize));
    }
}
