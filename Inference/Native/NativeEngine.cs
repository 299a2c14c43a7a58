using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Scheduling;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Inference.Native;

/// <summary>
/// Computes models in this process, with kernels of our own or with TorchSharp: every step takes the next token of all running answers of a model at once. What a token is
/// depends on prompt, seed and position alone, except that libtorch rounds the last bits of logits differently for another number of answers in a step:
/// where the two best tokens are nearly equal (or a draw falls that close to a border), a batch can choose the other one.
/// </summary>
public sealed partial class NativeEngine : IInferenceEngine
{
    private const int CommandsBesideRequests = 16;
    private const double MiB = 1 << 20;

    private readonly NativeEngineOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly EngineMetrics _metrics;
    private readonly TokenRate _rate;
    private readonly EngineThread _thread;
    private readonly SemaphoreSlim _loading = new(1);
    private ImmutableList<ModelLane> _lanes = [];

    /// <summary>Starts the engine; it serves nothing until a model is loaded.</summary>
    public NativeEngine(IOptions<NativeEngineOptions> options, IMeterFactory meters, TimeProvider time, ILogger<NativeEngine> logger)
        : this(options.Value, MakeFactory(options.Value), meters, time, logger)
    {
    }

    internal NativeEngine(NativeEngineOptions options, IDecoderFactory decoders, IMeterFactory meters, TimeProvider time, ILogger<NativeEngine> logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _metrics = new EngineMetrics(meters, time);
        _metrics.ObserveCache(() => InService().Select(lane => (lane.Model.Name, lane.CacheUse)));
        _rate = new TokenRate(time);
        _thread = new EngineThread(decoders, _rate, options.Slots + options.Queue + CommandsBesideRequests, logger);
    }

    /// <inheritdoc/>
    public EngineCapabilities Capabilities
        => new(EngineKind.Native, EngineVersion.Current, _options.Slots, _options.Queue, [.. InService().Select(lane => lane.Model)]);

    /// <inheritdoc/>
    public EngineStatistics Statistics
    {
        get
        {
            var lanes = InService().ToList();
            return new EngineStatistics(lanes.Sum(lane => lane.Running), lanes.Sum(lane => lane.Queued), lanes.Count * _options.Slots, _rate.PerSecond);
        }
    }

    /// <inheritdoc/>
    public async Task<LoadedModel> LoadAsync(ModelReference model, IProgress<LoadProgress>? progress, CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken);
        try
        {
            var started = _time.GetTimestamp();
            var prepare = new PrepareCommand();
            Post(prepare);
            await prepare.Done.WaitAsync(cancellationToken);
            var reading = new StageProgress(LoadStage.Reading, progress, _time);
            var folder = await Task.Run(() => ModelFolder.Read(model.Files ?? new PlainModelFiles(model.Folder), reading.Report, _options.Quantization, cancellationToken), cancellationToken);
            folder.Manifest.Require(model);
            if (_lanes.Find(lane => lane.Model.Name == model.Name) is { } present)
            {
                return present.Model.ManifestSha256 == folder.Manifest.Sha256
                    ? present.Model
                    : throw new ModelFormatException(model.Folder, "name", $"another model is loaded under the name {model.Name} already");
            }

            folder.WatchWeights(new StageProgress(LoadStage.Building, progress, _time).Report);
            var loaded = await BuildAsync(model, folder, cancellationToken);
            LogLoaded(_logger, loaded.Id, loaded.Parameters, loaded.ContextTokens, _time.GetElapsedTime(started));
            progress?.Report(new LoadProgress(LoadStage.Ready, 0, 0));
            return loaded;
        }
        finally
        {
            _loading.Release();
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<GenerationEvent> GenerateAsync(GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var lane = FindLane(request.Model);
        if ((RequestRules.CheckGenerates(lane.Model) ?? RequestRules.Check(request, lane.Model.ContextTokens, lane.VocabularySize, _time.GetUtcNow()) ?? lane.Grammars.Check(request)) is { } refusal)
        {
            throw new EngineRefusalException(refusal);
        }

        if (!lane.TryEnter())
        {
            throw new EngineRefusalException(RequestRules.QueueFull(_options.Slots, _options.Queue));
        }

        AnswerSequence? first = null;
        try
        {
            var answers = new AnswerStream([.. request.Apart().Select((alone, choice) => (alone, new AnswerProgress(alone, lane.Model, choice)))], _options.EventsAhead);
            first = answers.Start(lane.Grammars, _time.GetTimestamp());
            using var deadline = StartDeadline(request.Deadline, first.Expire);
            Submit(lane, first);
            await foreach (var step in answers.Events.ReadAllAsync(cancellationToken))
            {
                if (answers.IsWaitingForReader())
                {
                    _thread.Wake();
                }

                yield return step;
            }
        }
        finally
        {
            first?.Cancel();
            _thread.Wake();
            lane.Leave();
        }
    }

    /// <inheritdoc/>
    public async Task<EmbeddingResult> EmbedAsync(EmbeddingRequest request, CancellationToken cancellationToken)
    {
        var lane = FindLane(request.Model);
        if (RequestRules.Check(request, lane.Model, lane.VocabularySize, _time.GetUtcNow()) is { } refusal)
        {
            throw new EngineRefusalException(refusal);
        }

        if (!lane.TryEnter())
        {
            throw new EngineRefusalException(RequestRules.QueueFull(_options.Slots, _options.Queue));
        }

        try
        {
            var batch = new EmbeddingBatch(request, lane.Model, lane.Pooling!.Value, _time.GetTimestamp());
            using var deadline = StartDeadline(request.Deadline, batch.Expire);
            using var cancel = cancellationToken.Register(() =>
            {
                batch.Cancel();
                _thread.Wake();
            });
            Submit(lane, batch.Sequences);
            return await batch.Result;
        }
        finally
        {
            lane.Leave();
        }
    }

    /// <inheritdoc/>
    public async Task<AuditReport> AuditAsync(AuditRequest request, CancellationToken cancellationToken)
    {
        var lane = FindLane(request.Request.Model);
        if ((RequestRules.CheckGenerates(lane.Model) ?? RequestRules.Check(request, lane.Model.ContextTokens, lane.VocabularySize)) is { } refusal)
        {
            throw new EngineRefusalException(refusal);
        }

        if (!lane.TryEnter())
        {
            throw new EngineRefusalException(RequestRules.QueueFull(_options.Slots, _options.Queue));
        }

        try
        {
            var sequence = new AuditSequence(request, _time.GetTimestamp());
            using var cancel = cancellationToken.Register(() =>
            {
                sequence.Cancel();
                _thread.Wake();
            });
            Submit(lane, sequence);
            return await sequence.Report;
        }
        finally
        {
            lane.Leave();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _thread.StopAsync();

    private static IDecoderFactory MakeFactory(NativeEngineOptions options) => options.Backend switch
    {
        NativeBackend.Torch => new TorchDecoderFactory(options),
        NativeBackend.Cpu => new CpuDecoderFactory(options),
        NativeBackend.Cuda => new CudaDecoderFactory(options),
        _ => throw new ArgumentOutOfRangeException(nameof(options)),
    };

    private async Task<LoadedModel> BuildAsync(ModelReference model, ModelFolder folder, CancellationToken cancellationToken)
    {
        var contextTokens = Math.Min(folder.Shape.ContextTokens, _options.MaximumContextTokens);
        var loaded = folder.Describe(model.Name, contextTokens);
        var command = new LoadCommand(
            folder,
            contextTokens,
            room => CountBlocks(room, contextTokens),
            decoder => new ModelLane(loaded, decoder, _options, _metrics, _time, _logger) { Pooling = folder.Pooling },
            cancellationToken);
        Post(command);
        var lane = await command.Lane;
        _lanes = _lanes.Add(lane);
        return loaded;
    }

    private void Post(IEngineCommand command)
    {
        if (!_thread.TryPost(command))
        {
            throw new EngineRefusalException(EngineThread.StoppedRefusal);
        }
    }

    /// <summary>How many blocks the key-value cache has: better refused here than ended by the kernel under load.</summary>
    private int CountBlocks(CacheRoom room, int contextTokens)
    {
        var perBlock = room.BytesPerToken * IDecoder.BlockTokens;
        var available = room.Bytes;
        long context = SequenceBlocks.BlocksFor(contextTokens);
        var asked = _options.CacheTokens > 0 ? SequenceBlocks.BlocksFor(_options.CacheTokens) : Math.Min(context * _options.Slots, available / 2 / perBlock);
        var blocks = Math.Clamp(Math.Max(context, asked), 1, int.MaxValue / IDecoder.BlockTokens);
        return (double)blocks * perBlock <= available
            ? (int)blocks
            : throw new ModelFormatException(
                TransformerConfig.FileName,
                "max_position_embeddings",
                $"{blocks * IDecoder.BlockTokens} tokens of key-value cache take {(double)blocks * perBlock / MiB:F0} MiB, but {room.Place} has {available / MiB:F0} MiB; lower the option {nameof(NativeEngineOptions.MaximumContextTokens)} or {nameof(NativeEngineOptions.CacheTokens)}");
    }

    private IEnumerable<ModelLane> InService() => _thread.Stopped ? [] : _lanes.Where(lane => !lane.OutOfService);

    private ModelLane FindLane(string model)
    {
        if (_thread.Stopped)
        {
            throw new EngineRefusalException(EngineThread.StoppedRefusal);
        }

        var lane = _lanes.Find(lane => lane.Model.Name == model || lane.Model.Id == model)
            ?? throw new EngineRefusalException(RequestRules.UnknownModel(Capabilities.Models));
        return lane.OutOfService ? throw new EngineRefusalException(ModelLane.OutOfServiceRefusal(lane.Model)) : lane;
    }

    private void Submit(ModelLane lane, params IReadOnlyList<Sequence> sequences)
    {
        if (!_thread.TryPost(new SubmitCommand(lane, sequences)))
        {
            throw new EngineRefusalException(_thread.Stopped ? EngineThread.StoppedRefusal : RequestRules.QueueFull(_options.Slots, _options.Queue));
        }
    }

    private ITimer? StartDeadline(DateTimeOffset? at, Action expire)
    {
        if (at is not { } deadline)
        {
            return null;
        }

        void Expire(object? state)
        {
            expire();
            _thread.Wake();
        }

        var left = deadline - _time.GetUtcNow();
        return _time.CreateTimer(Expire, null, left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
