using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Native;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Inference.Upstream;

/// <summary>
/// Lets another server beside this process compute the answers: vLLM, SGLang, llama-server, or one that speaks OpenAI's completions. It sends token ids, and
/// counts tokens by itself: by their ids where the server gives them, else from the text with the model's own tokenizer; never by the server's word. It ends
/// answers by itself, at stop ids, stop strings and the highest number of tokens, whether the server does or not. The seed in an answer's end is what the
/// server was given; how exactly it keeps it is the server's part.
/// </summary>
public sealed partial class UpstreamEngine : IInferenceEngine
{
    private const int SaltBytes = 32;
    private const int LongestVersion = 100;

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    private readonly UpstreamEngineOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TokenRate _rate;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _loading = new(1);
    private readonly EngineMetrics _metrics;
    private readonly byte[] _saltKey = RandomNumberGenerator.GetBytes(SaltBytes);
    private ImmutableList<UpstreamModel> _models = [];

    /// <summary>Starts the engine; it serves nothing until a model is loaded.</summary>
    public UpstreamEngine(IOptions<UpstreamEngineOptions> options, IMeterFactory meters, TimeProvider time, ILogger<UpstreamEngine> logger)
    {
        _options = options.Value;
        _time = time;
        _logger = logger;
        _rate = new TokenRate(time);
        _metrics = new EngineMetrics(meters, time);
    }

    /// <inheritdoc/>
    /// <remarks>The version is that of the servers behind the models, for example <c>vllm 0.11.0</c>; before there is one, this engine's own.</remarks>
    public EngineCapabilities Capabilities
    {
        get
        {
            var models = _models;
            return new EngineCapabilities(EngineKind.Upstream, Version(models), _options.Slots, _options.Queue, [.. models.Select(model => model.Loaded)]);
        }
    }

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
    /// <exception cref="ArgumentException">The model doesn't say which server computes it.</exception>
    /// <exception cref="UpstreamException">The server doesn't answer, or not as the model needs it.</exception>
    public async Task<LoadedModel> LoadAsync(ModelReference model, IProgress<LoadProgress>? progress, CancellationToken cancellationToken)
    {
        var upstream = model.Upstream ?? throw new ArgumentException($"{model.Name} says no server that computes it.", nameof(model));
        await _loading.WaitAsync(cancellationToken);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        try
        {
            progress?.Report(new LoadProgress(LoadStage.Reading, 0, 0));
            var folder = await Task.Run(() => UpstreamFolder.Read(model.Folder, upstream.Weights), over.Token);
            folder.Manifest.Require(model);
            if (_models.Find(other => other.Loaded.Name == model.Name) is { } present)
            {
                return present.Loaded.ManifestSha256 == folder.Manifest.Sha256
                    ? present.Loaded
                    : throw new ModelFormatException(model.Folder, "name", $"another model is loaded under the name {model.Name} already");
            }

            progress?.Report(new LoadProgress(LoadStage.Connecting, 0, 0));
            var connected = await ConnectAsync(model, upstream, folder, over.Token);
            _models = _models.Add(connected);
            progress?.Report(new LoadProgress(LoadStage.Ready, 0, 0));
            return connected.Loaded;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new EngineRefusalException(AnswerWaits.StoppedRefusal);
        }
        finally
        {
            _loading.Release();
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<GenerationEvent> GenerateAsync(GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var submitted = _time.GetTimestamp();
        var model = FindModel(request);
        using var place = model.Slots.Enter();
        await foreach (var step in MixedAnswers.Of(request, (alone, choice, cancelled) => AnswerAsync(alone, choice, model, place, submitted, cancelled), cancellationToken))
        {
            yield return step;
        }
    }

    private async IAsyncEnumerable<GenerationEvent> AnswerAsync(
        GenerationRequest request, int choice, UpstreamModel model, ModelSlots.Place place, long submitted, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var progress = new AnswerProgress(request, model.Loaded, choice);
        using var waits = new AnswerWaits(request.Deadline, () => progress.Usage, _time, _stopping.Token, cancellationToken);
        using var slot = await waits.ForAsync(place.WaitForSlotAsync);
        await using var answer = new UpstreamAnswer(model, _options, Ask(request, model, progress.Seed));
        var times = new AnswerTimes(_metrics, model.Loaded.Name, request.PromptIds.Length, submitted);
        while (true)
        {
            foreach (var (id, logprobs) in await NextAsync(model, answer, progress, waits))
            {
                // What has come may have waited for a slow reader.
                waits.ThrowIfOver();
                var (token, finished) = progress.Accept(id, logprobs);
                waits.Begun = true;
                if (token is not null)
                {
                    _rate.Add(1);
                    times.Token();
                    yield return token;
                }

                if (finished is not null)
                {
                    times.Complete();
                    yield return finished;
                    yield break;
                }
            }

            if (answer.Finish is { } reason)
            {
                times.Complete();
                yield return progress.Finish(reason);
                yield break;
            }
        }
    }

    /// <inheritdoc/>
    public async Task<EmbeddingResult> EmbedAsync(EmbeddingRequest request, CancellationToken cancellationToken)
    {
        var model = FindModel(request.Model);
        if (RequestRules.Check(request, model.Loaded, model.Loaded.Tokenizer.VocabularySize, _time.GetUtcNow()) is { } refusal)
        {
            throw new EngineRefusalException(refusal);
        }

        using var place = model.Slots.Enter();
        var usage = new GenerationUsage(request.Inputs.Sum(input => input.Length), 0, 0);
        using var waits = new AnswerWaits(request.Deadline, () => usage, _time, _stopping.Token, cancellationToken);
        using var slot = await waits.ForAsync(place.WaitForSlotAsync);
        var vectors = new List<float[]>(request.Inputs.Count);
        foreach (var inputs in request.Inputs.Chunk(UpstreamEmbeddings.InputsAtOnce))
        {
            foreach (var vector in await AskAsync(model, inputs, usage, waits))
            {
                vectors.Add(VectorScale.ToUnit(vector, request.Dimensions ?? vector.Length)
                    ?? throw new GenerationFailedException(GenerationFailure.NotANumber, "The server that computes the model gave a vector that has no direction.", usage));
            }

            waits.Begun = true;
        }

        return new EmbeddingResult(vectors, usage.PromptTokens);
    }

    /// <inheritdoc/>
    public Task<AuditReport> AuditAsync(AuditRequest request, CancellationToken cancellationToken)
        => Task.FromException<AuditReport>(new EngineRefusalException(RequestRules.AuditNotSupported));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        foreach (var model in _models)
        {
            model.Http.Dispose();
        }
    }

    private static string Version(IEnumerable<UpstreamModel> models)
    {
        var servers = string.Join(", ", models.Select(model => model.Server.ToString()).Distinct());
        return servers.Length switch
        {
            0 => EngineVersion.Current,
            > LongestVersion => servers[..LongestVersion],
            _ => servers,
        };
    }

    private async Task<UpstreamModel> ConnectAsync(ModelReference reference, UpstreamModelOptions upstream, UpstreamFolder folder, CancellationToken cancellationToken)
    {
        var http = new UpstreamHttp(upstream, _time);
        try
        {
            var server = await WaitForAsync(http, upstream, cancellationToken);
            var loaded = folder.Describe(reference.Name, ContextTokens(upstream, server));
            var protocol = UpstreamProtocol.Of(server);
            if (upstream.Embeds)
            {
                var (size, answersAs) = await UpstreamEmbeddings.TryAsync(http, upstream, loaded.Tokenizer, _options.FirstTokenLimit, cancellationToken);
                var embeds = new UpstreamModel(loaded with { EmbeddingSize = size }, upstream.Model, server, protocol, http, ModelSlots.Of(_options.Slots, _options.Queue), null, answersAs);
                Say(embeds, upstream);
                return embeds;
            }

            var encoding = protocol.GivesIds ? null : TextEncoding.For(loaded.Tokenizer)
                ?? throw new UpstreamException($"{server} gives no token ids, and the tokenizer of {reference.Name} can't count them from the text of an answer that is still coming. Use vLLM or SGLang.");
            var model = new UpstreamModel(loaded, upstream.Model, server, protocol, http, ModelSlots.Of(_options.Slots, _options.Queue), encoding);
            model = model with { AnswersAs = await UpstreamTrial.RunAsync(model, _options, cancellationToken) };
            Say(model, upstream);
            return model;
        }
        catch (UpstreamFaultException e)
        {
            http.Dispose();
            throw new UpstreamException($"The upstream {upstream.Address} can't serve {reference.Name}: {e.Message}.");
        }
        catch
        {
            http.Dispose();
            throw;
        }
    }

    private async Task<UpstreamServer> WaitForAsync(UpstreamHttp http, UpstreamModelOptions upstream, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        for (var told = false; ; told = true)
        {
            try
            {
                return await UpstreamProbe.AskAsync(http, upstream, cancellationToken);
            }
            catch (UpstreamFaultException e) when (e.Fault is UpstreamFault.Unreachable or UpstreamFault.Busy or UpstreamFault.Slow)
            {
                if (_time.GetElapsedTime(started) + Retry > _options.StartLimit)
                {
                    throw new UpstreamException(
                        $"The upstream {upstream.Address} doesn't answer: {e.Message}. Start the server first, or correct the model's Upstream:Address; Worker:Upstream:StartLimit says how long to wait for it.");
                }

                if (!told)
                {
                    LogWaiting(upstream.ToUri(), _options.StartLimit, e.Message);
                }

                await Task.Delay(Retry, _time, cancellationToken);
            }
        }
    }

    private static int ContextTokens(UpstreamModelOptions upstream, UpstreamServer server) => (upstream.ContextTokens, server.ContextTokens) switch
    {
        (null, null) => throw new UpstreamException($"{server} at {upstream.Address} doesn't say how long its context is. Set the model's Upstream:ContextTokens."),
        (null, { } there) => there,
        ({ } wanted, { } there) when wanted > there => throw new UpstreamException(
            $"{server} at {upstream.Address} has a context of {there} tokens, less than the {wanted} of the model's Upstream:ContextTokens. Lower it, or start the server with a longer one."),
        ({ } wanted, _) => wanted,
    };

    private void Say(UpstreamModel model, UpstreamModelOptions upstream)
    {
        var address = upstream.ToUri();
        LogLoaded(model.Loaded.Id, model.Server, address, model.Loaded.ContextTokens, upstream.Weights);
        if (model.Encoding is not null)
        {
            LogCountsText(model.Loaded.Name, model.Server);
        }

        if (upstream.AllowRemote && !address.IsLoopback)
        {
            LogRemote(model.Loaded.Name, address);
        }

        if (model.Server.Slots is { } slots && slots < _options.Slots)
        {
            LogFewSlots(model.Loaded.Name, slots, _options.Slots);
        }

        if (!model.Server.KeepsSeeds && model.Loaded.EmbeddingSize is null)
        {
            LogNoSeeds(model.Loaded.Name);
        }
    }

    private UpstreamModel FindModel(string name)
        => _stopping.IsCancellationRequested ? throw new EngineRefusalException(AnswerWaits.StoppedRefusal)
            : _models.Find(model => model.Loaded.Name == name || model.Loaded.Id == name) ?? throw new EngineRefusalException(RequestRules.UnknownModel(Capabilities.Models));

    private UpstreamModel FindModel(GenerationRequest request)
    {
        var model = FindModel(request.Model);
        var refusal = RequestRules.CheckGenerates(model.Loaded)
            ?? RequestRules.Check(request, model.Loaded.ContextTokens, model.Loaded.Tokenizer.VocabularySize, _time.GetUtcNow()) ?? model.Protocol.Check(request);
        return refusal is null ? model : throw new EngineRefusalException(refusal);
    }

    private UpstreamRequest Ask(GenerationRequest request, UpstreamModel model, long seed) => new(
        model.Name,
        request,
        Math.Min(request.MaxCompletionTokens, model.Loaded.ContextTokens - request.PromptIds.Length),
        seed,
        request.StopIds ?? model.Loaded.StopIds,
        Salt(request.Tenant));

    /// <summary>The server needs to tell tenants apart, not to know them.</summary>
    private string Salt(string? tenant) => tenant is null
        ? RandomNumberGenerator.GetHexString(2 * SaltBytes, lowercase: true)
        : Convert.ToHexStringLower(HMACSHA256.HashData(_saltKey, Encoding.UTF8.GetBytes(tenant)));

    /// <summary>The next tokens, with the server's faults told as the engine's.</summary>
    private async Task<IReadOnlyList<UpstreamToken>> NextAsync(UpstreamModel model, UpstreamAnswer answer, AnswerProgress progress, AnswerWaits waits)
    {
        try
        {
            return await waits.ForAsync(answer.NextAsync);
        }
        catch (UpstreamFaultException e)
        {
            // Stopping breaks connections as well.
            waits.ThrowIfOver();
            LogFault(model.Loaded.Name, e.Fault, progress.Usage.CompletionTokens, e.Message);
            throw waits.Begun
                ? progress.Fail(GenerationFailure.Upstream, "The server that computes the model broke off.")
                : new EngineRefusalException(Refuse(e.Fault));
        }
    }

    private async Task<double[][]> AskAsync(UpstreamModel model, ReadOnlyMemory<int>[] inputs, GenerationUsage usage, AnswerWaits waits)
    {
        try
        {
            return await waits.ForAsync(token => UpstreamEmbeddings.AskAsync(
                model.Http, model.Name, model.AnswersAs, inputs, model.Loaded.EmbeddingSize!.Value, _options.FirstTokenLimit, quote: false, token));
        }
        catch (UpstreamFaultException e)
        {
            // Stopping breaks connections as well.
            waits.ThrowIfOver();
            LogFault(model.Loaded.Name, e.Fault, 0, e.Message);
            throw waits.Begun
                ? new GenerationFailedException(GenerationFailure.Upstream, "The server that computes the model broke off.", usage)
                : new EngineRefusalException(Refuse(e.Fault));
        }
    }

    private EngineRefusal Refuse(UpstreamFault fault) => fault switch
    {
        UpstreamFault.Busy => new(EngineRefusalKind.QueueFull, "The server that computes the model takes nothing more just now. Try again later or another worker."),
        UpstreamFault.Unknown => new(EngineRefusalKind.UnknownModel, "The server that computes the model doesn't know it any more. Try another worker.", nameof(GenerationRequest.Model)),
        _ => new(EngineRefusalKind.OutOfService, "The server that computes the model doesn't answer as it should. Try another worker."),
    };
}
