using CocoonOrleans.Inference.Cpu.Kernels;
using CocoonOrleans.Inference.Cpu.Memory;
using CocoonOrleans.Inference.Cpu.Threads;
using CocoonOrleans.Inference.Cpu.Weights;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Inference.Cpu;

/// <summary>
/// A decoder over our own kernels, without libtorch. Weights are float32, bfloat16, int8 or int4; activations are float32, and int8 where they meet integer weights; keys
/// and values are float32. A row's numbers are the same bits whatever rows it is computed with, on any number of threads and on every processor. A step allocates nothing.
/// </summary>
internal sealed unsafe class CpuDecoder : IDecoder
{
    /// <summary>Rows that are computed at once; a larger step is done in parts.</summary>
    internal const int MaximumRows = 256;

    private const int LogitRowsAtOnce = 16;

    /// <summary>Rows for whose small operations it is worth to call the other threads.</summary>
    private const int RowsForTeam = 4;

    private readonly DecoderConfig _config;
    private readonly CpuKernels _kernels;
    private readonly CpuTeam _team;
    private readonly DecoderWeights<WeightMatrix, NativeBlock> _weights;
    private readonly CpuKeyValueCache _cache;
    private readonly StepRows _rows;
    private readonly RotaryAngles _angles;
    private readonly RotaryAngles _windowAngles;
    private readonly List<IDisposable> _owned = [];
    private readonly ActivationBuffer _x;
    private readonly ActivationBuffer _normed;
    private readonly ActivationBuffer _projected;
    private readonly ActivationBuffer _attended;
    private readonly ActivationBuffer _gateUp;
    private readonly ActivationBuffer _gated;
    private readonly ActivationBuffer _added;
    private readonly ActivationBuffer _last;
    private readonly ActivationBuffer _logits;
    private readonly NativeBlock _scores;
    private readonly long _scoresPerThread;
    private readonly MatrixWork _product;
    private readonly ItemWork _embed;
    private readonly ItemWork _normAttention;
    private readonly ItemWork _storeHeads;
    private readonly ItemWork _attend;
    private readonly ItemWork _finishAttended;
    private readonly ItemWork _addAttended;
    private readonly ItemWork _normFeedForward;
    private readonly ItemWork _gate;
    private readonly ItemWork _addFedForward;
    private readonly ItemWork _normLast;
    private int _layer;
    private int _firstLogit;

    /// <param name="config">The shape.</param>
    /// <param name="weights">The weights by name.</param>
    /// <param name="format">How the matrices are kept; null: each in the smallest format that keeps every weight as it is.</param>
    /// <param name="contextTokens">Highest number of positions, at most the model's own.</param>
    /// <param name="blocks">Blocks of the key-value cache.</param>
    /// <param name="team">Threads; they stay the caller's.</param>
    /// <param name="kernels">The arithmetic; the processor's best if null.</param>
    /// <exception cref="ModelFormatException">The weights don't fit the shape.</exception>
    public CpuDecoder(
        DecoderConfig config, IReadOnlyDictionary<string, WeightTensor> weights, WeightFormat? format, int contextTokens, int blocks, CpuTeam team, CpuKernels? kernels = null)
    {
        _config = config;
        _kernels = kernels ?? CpuKernels.Best;
        _team = team;
        ContextTokens = contextTokens;
        using (var source = new CpuWeightSource(weights, _config.NormOffset, format, team))
        {
            _weights = Own(new DecoderWeights<WeightMatrix, NativeBlock>(_config, source));
        }

        var (hidden, inner, size) = (_config.HiddenSize, _config.IntermediateSize, _config.HeadSize);
        var quantized = format is WeightFormat.Int8 or WeightFormat.Int4;
        _cache = Own(new CpuKeyValueCache(_config.Layers, _config.KeyValueHeads, size, blocks));
        _rows = Own(new StepRows(_cache, MaximumRows, AttentionHead.PositionsFor(_config.Heads / _config.KeyValueHeads)));
        _angles = Own(new RotaryAngles(_config.Rotary.For(_config.RotarySize, contextTokens), MaximumRows));
        _windowAngles = _config.WindowRotary == _config.Rotary ? _angles : Own(new RotaryAngles(_config.WindowRotary.For(_config.RotarySize, contextTokens), MaximumRows));
        _x = Buffer(hidden);
        _normed = Buffer(hidden, quantized);
        _projected = Buffer((_config.Heads + (2 * _config.KeyValueHeads)) * size);
        _attended = Buffer(_config.Heads * size, quantized);
        _gateUp = Buffer((2 * inner) + WeightMatrix.TileRows);
        _gated = Buffer(inner, quantized);
        _added = Buffer(hidden);
        _last = Own(new ActivationBuffer(LogitRowsAtOnce, hidden, quantized));
        _logits = Own(new ActivationBuffer(LogitRowsAtOnce, RowSize, quantized: false));
        var group = _config.Heads / _config.KeyValueHeads;
        _scoresPerThread = (long)group * AttentionHead.PositionsFor(group) * (WeightMatrix.Pad(contextTokens, AttentionHead.BlockPositions) + AttentionHead.BlockPositions);
        _scores = Own(new NativeBlock(_scoresPerThread * team.Count * sizeof(float)));
        _product = new MatrixWork(team, _kernels);
        _embed = new ItemWork(team, (row, _) => Embed(row));
        _normAttention = new ItemWork(team, (row, _) => Norm(Layer.AttentionNorm, row));
        _storeHeads = new ItemWork(team, (row, _) => TurnAndStore(row));
        _attend = new ItemWork(team, Attend);
        _finishAttended = new ItemWork(team, (row, _) => _attended.Finish(_kernels, row));
        _addAttended = new ItemWork(team, (row, _) => AddNormed(Layer.AttentionPostNorm!, row));
        _normFeedForward = new ItemWork(team, (row, _) => Norm(Layer.FeedForwardNorm, row));
        _gate = new ItemWork(team, (row, _) => Gate(row));
        _addFedForward = new ItemWork(team, (row, _) => AddNormed(Layer.FeedForwardPostNorm!, row));
        _normLast = new ItemWork(team, (row, _) => NormLast(row));
    }

    /// <inheritdoc/>
    public int VocabularySize => _config.VocabularySize;

    /// <inheritdoc/>
    public int RowSize => _config.Embeds ? _config.HiddenSize : _config.VocabularySize;

    /// <inheritdoc/>
    public int ContextTokens { get; }

    /// <inheritdoc/>
    public int Blocks => _cache.Blocks;

    /// <summary>Bytes of weights that a step reads for one row.</summary>
    public long WeightBytes => Enum.GetValues<StepPart>().SelectMany(Matrices).Sum(matrix => matrix.Bytes);

    /// <summary>Matrices that a part multiplies with, of all layers; none where it is no product.</summary>
    public IEnumerable<WeightMatrix> Matrices(StepPart part) => part switch
    {
        StepPart.QueryKeyValue => _weights.Layers.Select(layer => layer.QueryKeyValue),
        StepPart.Output => _weights.Layers.Select(layer => layer.Output),
        StepPart.GateUp => _weights.Layers.Select(layer => layer.GateUp),
        StepPart.Down => _weights.Layers.Select(layer => layer.Down),
        StepPart.Logits when _weights.Head is { } head => [head],
        _ => [],
    };

    /// <summary>Takes the time of each part of a step; null: nobody does.</summary>
    public StepClock? Clock { get; init; }

    private DecoderLayer<WeightMatrix, NativeBlock> Layer => _weights.Layers[_layer];

    /// <inheritdoc/>
    public void Compute(StepBatch batch, Span<float> logits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(logits.Length, checked(batch.LogitRows * RowSize), nameof(logits));
        for (var i = 0; i < batch.Entries.Count; i++)
        {
            // Kernels check no bounds, and their memory is made for this many positions.
            ArgumentOutOfRangeException.ThrowIfNegative(batch.Entries[i].Position, nameof(batch));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(batch.Entries[i].Length, ContextTokens, nameof(batch));
        }

        for (var first = 0; first < batch.Rows; first += MaximumRows)
        {
            _rows.Take(batch, first, Math.Min(MaximumRows, batch.Rows - first));
            ComputeRows();
            ComputeLogits(logits);
            Clock?.End(StepPart.Logits);
        }
    }

    /// <inheritdoc/>
    public void Clear(int block) => _cache.Clear(block);

    /// <inheritdoc/>
    public void Dispose() => _owned.ForEach(part => part.Dispose());

    private void ComputeRows()
    {
        var rows = _rows.Count;
        Clock?.Start();
        _embed.RunAll(rows, RowsForTeam);
        for (_layer = 0; _layer < _config.Layers; _layer++)
        {
            _normAttention.RunAll(rows, RowsForTeam);
            Clock?.End(StepPart.Norms);
            _product.Multiply(Layer.QueryKeyValue, _normed.Rows, rows, _projected[0], _projected.Rows.Stride);
            Clock?.End(StepPart.QueryKeyValue);
            _storeHeads.RunAll(rows, RowsForTeam);
            Clock?.End(StepPart.Heads);
            _attend.RunAll(_rows.Spans * _config.KeyValueHeads, fewest: 2);
            _finishAttended.RunAll(rows, RowsForTeam);
            Clock?.End(StepPart.Attention);
            AddProduct(Layer.Output, _attended, Layer.AttentionPostNorm is null ? null : _addAttended);
            Clock?.End(StepPart.Output);
            _normFeedForward.RunAll(rows, RowsForTeam);
            Clock?.End(StepPart.Norms);
            _product.Multiply(Layer.GateUp, _normed.Rows, rows, _gateUp[0], _gateUp.Rows.Stride);
            Clock?.End(StepPart.GateUp);
            _gate.RunAll(rows, RowsForTeam);
            Clock?.End(StepPart.Gate);
            AddProduct(Layer.Down, _gated, Layer.FeedForwardPostNorm is null ? null : _addFedForward);
            Clock?.End(StepPart.Down);
        }
    }

    /// <summary>x += matrix x input, through a norm where the family has one there.</summary>
    private void AddProduct(WeightMatrix matrix, ActivationBuffer input, ItemWork? addNormed)
    {
        var target = addNormed is null ? _x : _added;
        _product.Multiply(matrix, input.Rows, _rows.Count, target[0], target.Rows.Stride, add: addNormed is null);
        addNormed?.RunAll(_rows.Count, RowsForTeam);
    }

    private void ComputeLogits(Span<float> logits)
    {
        for (_firstLogit = 0; _firstLogit < _rows.LogitCount; _firstLogit += LogitRowsAtOnce)
        {
            var count = Math.Min(LogitRowsAtOnce, _rows.LogitCount - _firstLogit);
            _normLast.RunAll(count, RowsForTeam);
            if (_weights.Head is { } head)
            {
                _product.Multiply(head, _last.Rows, count, _logits[0], _logits.Rows.Stride);
            }

            for (var i = 0; i < count; i++)
            {
                var row = _weights.Head is null ? _last[i] : _logits[i];
                if (_config.LogitCap is { } cap && _weights.Head is not null)
                {
                    _kernels.SoftCap(row, RowSize, (float)cap);
                }

                new ReadOnlySpan<float>(row, RowSize).CopyTo(logits[(_rows.LogitTarget(_firstLogit + i) * RowSize)..]);
            }
        }
    }

    private void Embed(int row)
    {
        var x = new Span<float>(_x[row], _config.HiddenSize);
        _weights.Embedding.ReadRow(_rows.Id(row), x);
        if (_config.EmbeddingScale != 1)
        {
            foreach (ref var number in x)
            {
                number *= (float)_config.EmbeddingScale;
            }
        }

        _angles.Set(row, _rows.Position(row));
        if (_windowAngles != _angles)
        {
            _windowAngles.Set(row, _rows.Position(row));
        }
    }

    private void Norm(NativeBlock weight, int row)
    {
        Norm(weight, _x[row], _config.HiddenSize, _normed[row]);
        _normed.Finish(_kernels, row);
    }

    private void Norm(NativeBlock weight, float* x, int count, float* y)
        => _kernels.RmsNorm(x, weight.Pointer<float>(count), count, (float)_config.NormEpsilon, y);

    private void AddNormed(NativeBlock weight, int row)
    {
        Norm(weight, _added[row], _config.HiddenSize, _added[row]);
        _kernels.Add(_x[row], _added[row], _config.HiddenSize);
    }

    private void TurnAndStore(int row)
    {
        var (queries, shared, size) = (_config.Heads, _config.KeyValueHeads, _config.HeadSize);
        var heads = _projected[row];
        var angles = _config.Windows[_layer] > 0 ? _windowAngles : _angles;
        if (Layer.QueryKeyValueBias is { } bias)
        {
            var count = (queries + (2 * shared)) * size;
            _kernels.Add(heads, bias.Pointer<float>(count), count);
        }

        for (var head = 0; head < queries + shared; head++)
        {
            var numbers = heads + (head * size);
            if ((head < queries ? Layer.QueryNorm : Layer.KeyNorm) is { } norm)
            {
                Norm(norm, numbers, size, numbers);
            }

            _kernels.Rotate(numbers, angles.Cosines(row), angles.Sines(row), angles.Pairs);
        }

        var position = _rows.Position(row);
        var block = (float*)_rows.Blocks(row)[position / IDecoder.BlockTokens];
        _cache.Store(block, position % IDecoder.BlockTokens, _layer, heads + (queries * size), heads + ((queries + shared) * size));
    }

    private void Attend(int item, int thread)
    {
        // A head for all rows before the next one: its keys and values stay in the caches.
        var (shared, span) = (item / _rows.Spans, item % _rows.Spans);
        var row = _rows.SpanRow(span);
        var group = _config.Heads / _config.KeyValueHeads;
        var head = new AttentionHead
        {
            Queries = _projected[row] + (shared * group * _config.HeadSize),
            QueryStride = _projected.Rows.Stride,
            Output = _attended[row] + (shared * group * _config.HeadSize),
            OutputStride = _attended.Rows.Stride,
            Blocks = _rows.Blocks(row),
            KeyOffset = _cache.KeyOffset(_layer, shared),
            ValueOffset = _cache.ValueOffset(_layer, shared),
            Heads = group,
            HeadSize = _config.HeadSize,
            Positions = _rows.SpanLength(span),
            Last = _rows.Position(row),
            LastStep = 1,
            Window = _config.Windows[_layer],
            Scale = (float)_config.AttentionScale,
            SoftCap = (float)(_config.AttentionCap ?? 0),
        };
        _kernels.Attend(head, _scores.Pointer<float>(_scoresPerThread, thread * _scoresPerThread));
    }

    private void Gate(int row)
    {
        var inner = _config.IntermediateSize;
        _kernels.Gate(_config.Activation, _gateUp[row], _gateUp[row] + inner, inner, _gated[row]);
        _gated.Finish(_kernels, row);
    }

    private void NormLast(int index)
    {
        Norm(_weights.FinalNorm, _x[_rows.LogitRow(_firstLogit + index)], _config.HiddenSize, _last[index]);
        _last.Finish(_kernels, index);
    }

    private ActivationBuffer Buffer(int columns, bool quantized = false) => Own(new ActivationBuffer(MaximumRows, columns, quantized));

    private T Own<T>(T part)
        where T : IDisposable
    {
        _owned.Add(part);
        return part;
    }
}
