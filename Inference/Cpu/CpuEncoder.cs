using CocoonOrleans.Inference.Cpu.Kernels;
using CocoonOrleans.Inference.Cpu.Memory;
using CocoonOrleans.Inference.Cpu.Threads;
using CocoonOrleans.Inference.Cpu.Weights;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Inference.Cpu;

/// <summary>
/// An encoder over our own kernels, without libtorch. One call computes one layer, so that answers of other models go on in between. Keys and values of that layer lie in
/// the blocks of the batch's sequences. A text's numbers are the same bits whatever texts it is computed with, on any number of threads and on every processor.
/// </summary>
internal sealed unsafe class CpuEncoder : ITransformer
{
    private const int FewestRows = 64;

    /// <summary>Rows for whose small operations it is worth to call the other threads.</summary>
    private const int RowsForTeam = 4;

    private readonly EncoderConfig _config;
    private readonly CpuKernels _kernels;
    private readonly bool _quantized;
    private readonly List<IDisposable> _owned = [];
    private readonly CpuEncoderWeights _weights;
    private readonly CpuKeyValueCache _cache;
    private readonly NativeBlock _scores;
    private readonly long _scoresPerThread;
    private readonly MatrixWork _product;
    private readonly ItemWork _embed;
    private readonly ItemWork _store;
    private readonly ItemWork _attend;
    private readonly ItemWork _finishAttended;
    private readonly ItemWork _normAttended;
    private readonly ItemWork _activate;
    private readonly ItemWork _normFed;
    private EncoderBuffers _buffers;
    private int[] _lengths = [];
    private bool _begun;
    private int _layer;

    /// <param name="config">The shape.</param>
    /// <param name="weights">The weights by name.</param>
    /// <param name="format">How the layers' matrices are kept; null: each in the smallest format that keeps every weight as it is.</param>
    /// <param name="contextTokens">Highest number of positions, at most the model's own.</param>
    /// <param name="blocks">Blocks of keys and values.</param>
    /// <param name="team">Threads; they stay the caller's.</param>
    /// <param name="kernels">The arithmetic; the processor's best if null.</param>
    /// <exception cref="ModelFormatException">The weights don't fit the shape, or its heads are odd.</exception>
    public CpuEncoder(
        EncoderConfig config, IReadOnlyDictionary<string, WeightTensor> weights, WeightFormat? format, int contextTokens, int blocks, CpuTeam team, CpuKernels? kernels = null)
    {
        if (config.HeadSize % 2 != 0)
        {
            throw new ModelFormatException(TransformerConfig.FileName, "num_attention_heads", $"heads of {config.HeadSize} numbers are odd, which the backend Torch computes, but this one does not");
        }

        _config = config;
        _kernels = kernels ?? CpuKernels.Best;
        _quantized = format is WeightFormat.Int8 or WeightFormat.Int4;
        ContextTokens = contextTokens;
        using (var source = new CpuWeightSource(weights, normOffset: 0, format, team))
        {
            _weights = Own(new CpuEncoderWeights(config, weights, source));
        }

        _cache = Own(new CpuKeyValueCache(layers: 1, config.Heads, config.HeadSize, blocks));
        _scoresPerThread = (long)AttentionHead.MostPositions * (WeightMatrix.Pad(contextTokens, AttentionHead.BlockPositions) + AttentionHead.BlockPositions);
        _scores = Own(new NativeBlock(_scoresPerThread * team.Count * sizeof(float)));
        _buffers = MakeBuffers(FewestRows);
        _product = new MatrixWork(team, _kernels);
        _embed = new ItemWork(team, (row, _) => Embed(row));
        _store = new ItemWork(team, (row, _) => Store(row));
        _attend = new ItemWork(team, Attend);
        _finishAttended = new ItemWork(team, (row, _) => _buffers.Attended.Finish(_kernels, row));
        _normAttended = new ItemWork(team, (row, _) => Norm(row, Layer.OutputBias, Layer.AttentionNorm));
        _activate = new ItemWork(team, (row, _) => Activate(row));
        _normFed = new ItemWork(team, (row, _) => Norm(row, Layer.DownBias, Layer.FeedForwardNorm));
    }

    /// <inheritdoc/>
    public int VocabularySize => _config.VocabularySize;

    /// <inheritdoc/>
    public int RowSize => _config.HiddenSize;

    /// <inheritdoc/>
    public int ContextTokens { get; }

    /// <inheritdoc/>
    public int Blocks => _cache.Blocks;

    /// <inheritdoc/>
    public bool IsCausal => false;

    private CpuEncoderLayer Layer => _weights.Layers[_layer];

    /// <inheritdoc/>
    public bool Continue(StepBatch batch, Span<float> rows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows.Length, checked(batch.LogitRows * RowSize), nameof(rows));
        if (!_begun)
        {
            Begin(batch);
            return false;
        }

        ComputeLayer(batch.Rows);
        if (++_layer < _config.Layers)
        {
            return false;
        }

        for (var i = 0; i < batch.LogitRows; i++)
        {
            new ReadOnlySpan<float>(_buffers.States[_buffers.Step.LogitRow(i)], RowSize).CopyTo(rows[(_buffers.Step.LogitTarget(i) * RowSize)..]);
        }

        Abandon();
        return true;
    }

    /// <inheritdoc/>
    public void Abandon() => (_begun, _layer) = (false, 0);

    /// <inheritdoc/>
    public void Clear(int block) => _cache.Clear(block);

    /// <inheritdoc/>
    public void Dispose()
    {
        _buffers.Dispose();
        _owned.ForEach(part => part.Dispose());
    }

    private void Begin(StepBatch batch)
    {
        foreach (var entry in batch.Entries)
        {
            // Kernels check no bounds, and their memory is made for this many positions.
            ArgumentOutOfRangeException.ThrowIfNotEqual(entry.Position, 0, nameof(batch));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(entry.Rows, ContextTokens, nameof(batch));
        }

        if (batch.Rows > _buffers.Rows)
        {
            var larger = MakeBuffers(Math.Max(batch.Rows, Math.Min(2 * _buffers.Rows, batch.MaximumRows)));
            _buffers.Dispose();
            _buffers = larger;
        }

        _buffers.Step.Take(batch, 0, batch.Rows);
        foreach (var entry in batch.Entries)
        {
            _lengths.AsSpan(entry.FirstRow, entry.Rows).Fill(entry.Rows);
        }

        _embed.RunAll(batch.Rows, RowsForTeam);
        (_begun, _layer) = (true, 0);
    }

    private EncoderBuffers MakeBuffers(int rows)
    {
        _lengths = new int[rows];
        return new EncoderBuffers(rows, _config.HiddenSize, _config.IntermediateSize, _quantized, _cache);
    }

    private void ComputeLayer(int rows)
    {
        var (states, projected, attended, inner, activated) = (_buffers.States, _buffers.Projected, _buffers.Attended, _buffers.Inner, _buffers.Activated);
        _product.Multiply(Layer.QueryKeyValue, states.Rows, rows, projected[0], projected.Rows.Stride);
        _store.RunAll(rows, RowsForTeam);
        _attend.RunAll(_buffers.Step.Spans * _config.Heads, fewest: 2);
        _finishAttended.RunAll(rows, RowsForTeam);
        _product.Multiply(Layer.Output, attended.Rows, rows, states[0], states.Rows.Stride, add: true);
        _normAttended.RunAll(rows, RowsForTeam);
        _product.Multiply(Layer.Up, states.Rows, rows, inner[0], inner.Rows.Stride);
        _activate.RunAll(rows, RowsForTeam);
        _product.Multiply(Layer.Down, activated.Rows, rows, states[0], states.Rows.Stride, add: true);
        _normFed.RunAll(rows, RowsForTeam);
    }

    private void Embed(int row)
    {
        var hidden = _config.HiddenSize;
        var state = _buffers.States[row];
        var sum = new Span<float>(state, hidden);
        var part = new float[hidden];
        _weights.Words.ReadRow(_buffers.Step.Id(row), sum);
        Add(_weights.Positions, _config.FirstPosition + _buffers.Step.Position(row), part, sum);
        if (_weights.TokenTypes is { } types)
        {
            Add(types, 0, part, sum);
        }

        Norm(_weights.EmbeddingNorm, row);
    }

    private static void Add(WeightMatrix matrix, int row, float[] part, Span<float> sum)
    {
        matrix.ReadRow(row, part);
        for (var i = 0; i < part.Length; i++)
        {
            sum[i] += part[i];
        }
    }

    private void Store(int row)
    {
        var hidden = _config.HiddenSize;
        var heads = _buffers.Projected[row];
        _kernels.Add(heads, Layer.QueryKeyValueBias.Pointer<float>(3L * hidden), 3 * hidden);
        var position = _buffers.Step.Position(row);
        var block = (float*)_buffers.Step.Blocks(row)[position / IDecoder.BlockTokens];
        _cache.Store(block, position % IDecoder.BlockTokens, layer: 0, heads + hidden, heads + (2 * hidden));
    }

    private void Attend(int item, int thread)
    {
        var (index, span) = (item / _buffers.Step.Spans, item % _buffers.Step.Spans);
        var row = _buffers.Step.SpanRow(span);
        var head = new AttentionHead
        {
            Queries = _buffers.Projected[row] + (index * _config.HeadSize),
            QueryStride = _buffers.Projected.Rows.Stride,
            Output = _buffers.Attended[row] + (index * _config.HeadSize),
            OutputStride = _buffers.Attended.Rows.Stride,
            Blocks = _buffers.Step.Blocks(row),
            KeyOffset = _cache.KeyOffset(0, index),
            ValueOffset = _cache.ValueOffset(0, index),
            Heads = 1,
            HeadSize = _config.HeadSize,
            Positions = _buffers.Step.SpanLength(span),
            Last = _lengths[row] - 1,
            Scale = (float)(1 / Math.Sqrt(_config.HeadSize)),
            SoftCap = 0,
        };
        _kernels.Attend(head, _scores.Pointer<float>(_scoresPerThread, thread * _scoresPerThread));
    }

    private void Activate(int row)
    {
        var inner = _buffers.Inner[row];
        _kernels.Add(inner, Layer.UpBias.Pointer<float>(_config.IntermediateSize), _config.IntermediateSize);
        _kernels.Gelu(inner, _config.IntermediateSize, _buffers.Activated[row]);
        _buffers.Activated.Finish(_kernels, row);
    }

    /// <summary>The norm of a state to which a product was added, once its bias is.</summary>
    private void Norm(int row, NativeBlock bias, CpuEncoderNorm norm)
    {
        _kernels.Add(_buffers.States[row], bias.Pointer<float>(_config.HiddenSize), _config.HiddenSize);
        Norm(norm, row);
    }

    private void Norm(CpuEncoderNorm norm, int row)
    {
        var hidden = _config.HiddenSize;
        var state = _buffers.States[row];
        _kernels.LayerNorm(state, norm.Weight.Pointer<float>(hidden), norm.Bias.Pointer<float>(hidden), hidden, (float)_config.NormEpsilon, state);
        _buffers.States.Finish(_kernels, row);
    }

    private T Own<T>(T part)
        where T : IDisposable
    {
        _owned.Add(part);
        return part;
    }
}
