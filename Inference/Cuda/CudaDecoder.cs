using CocoonOrleans.Inference.Cpu.Weights;
using CocoonOrleans.Inference.Cuda.Arguments;
using CocoonOrleans.Inference.Cuda.Driver;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Inference.Cuda;

/// <summary>
/// A decoder over our own CUDA kernels, without libtorch. Weights are float32, bfloat16, int8 or int4; activations are float32, and int8 where they meet integer weights;
/// keys and values are float32, or bfloat16 where that is asked for. A row's numbers are the same bits whatever rows it is computed with. A step takes no memory, of the
/// GPU or of the garbage-collected heap. Not yet run on a GPU: the kernels' arithmetic is tested on a processor.
/// </summary>
internal sealed class CudaDecoder : IDecoder
{
    /// <summary>Rows that are computed at once; a larger step is done in parts.</summary>
    internal const int MaximumRows = 256;

    /// <summary>The largest decoding step that is recorded as a graph.</summary>
    internal const int GraphRows = 16;

    private const int LogitRowsAtOnce = 16;
    private const int RowThreads = 256;
    private const int ProductWarps = 4;
    private const int ProductRows = 2;
    private const int HeadWarps = 4;
    private const int Lanes = 32;
    private const int AttendThreads = 128;

    /// <summary>Floats for the parts of attention; more rows than fit are attended to one part after the other. Not measured.</summary>
    private const long PartFloats = 16 << 20;

    private readonly DecoderConfig _config;
    private readonly ICudaDevice _device;
    private readonly KernelShape _shape;
    private readonly List<IDisposable> _owned = [];
    private readonly ICudaKernels _kernels;
    private readonly Dictionary<string, nint> _functions = [];
    private readonly DecoderWeights<CudaMatrix, DeviceMemory> _weights;
    private readonly DeviceMemory _cache;
    private readonly long _blockBytes;
    private readonly StepInput _input;
    private readonly StepGraphs? _graphs;
    private readonly CudaActivations _x;
    private readonly CudaActivations _normed;
    private readonly CudaActivations _projected;
    private readonly CudaActivations _attended;
    private readonly CudaActivations _gateUp;
    private readonly CudaActivations _gated;
    private readonly CudaActivations _added;
    private readonly CudaActivations _last;
    private readonly CudaActivations _logits;
    private readonly DeviceMemory _parts;
    private readonly PinnedMemory _hostLogits;
    private readonly int _splits;
    private readonly int _tileHeads;

    /// <param name="config">The shape.</param>
    /// <param name="weights">The weights by name.</param>
    /// <param name="format">How the matrices are kept.</param>
    /// <param name="contextTokens">Highest number of positions, at most the model's own.</param>
    /// <param name="blocks">Blocks of the key-value cache.</param>
    /// <param name="device">The GPU; it stays the caller's.</param>
    /// <param name="settings">How it computes.</param>
    /// <exception cref="ModelFormatException">The weights don't fit the shape.</exception>
    /// <exception cref="CudaException">The GPU has too little memory, or the kernels don't compile.</exception>
    public CudaDecoder(
        DecoderConfig config, IReadOnlyDictionary<string, WeightTensor> weights, WeightFormat format, int contextTokens, int blocks, ICudaDevice device, CudaDecoderSettings? settings = null)
    {
        settings ??= new CudaDecoderSettings();
        (_config, _device, ContextTokens, Blocks) = (config, device, contextTokens, blocks);
        var quantized = format is WeightFormat.Int8 or WeightFormat.Int4;
        _shape = new KernelShape(config.HeadSize, config.Heads / config.KeyValueHeads, settings.SplitTokens, quantized, settings.HalfCache);
        _tileHeads = _shape.TileHeads;
        try
        {
            _kernels = Own(device.Compile(_shape));
            using (var source = new CudaWeightSource(weights, config.NormOffset, format, device, settings.Threads))
            {
                _weights = Own(new DecoderWeights<CudaMatrix, DeviceMemory>(config, source));
            }

            var (hidden, inner, size) = (config.HiddenSize, config.IntermediateSize, config.HeadSize);
            _blockBytes = _shape.BlockBytes(config);
            _cache = Own(new DeviceMemory(device, (blocks + 1L) * _blockBytes));
            _input = Own(new StepInput(device, config, contextTokens, MaximumRows, spareBlock: blocks));
            _x = Buffer(hidden);
            _normed = Buffer(hidden, quantized);
            _projected = Buffer((config.Heads + (2 * config.KeyValueHeads)) * size);
            _attended = Buffer(config.Heads * size, quantized);
            _gateUp = Buffer(2 * inner);
            _gated = Buffer(inner, quantized);
            _added = Buffer(hidden);
            _last = Own(new CudaActivations(device, LogitRowsAtOnce, hidden, quantized));
            _logits = Own(new CudaActivations(device, LogitRowsAtOnce, config.VocabularySize));
            _hostLogits = Own(new PinnedMemory(device, (long)LogitRowsAtOnce * _logits.Stride * sizeof(float)));
            _splits = (contextTokens + settings.SplitTokens - 1) / settings.SplitTokens;
            var partsOfRow = (long)config.Heads * _splits * _shape.PartNumbers;
            _parts = Own(new DeviceMemory(device, Math.Clamp(PartFloats, partsOfRow, partsOfRow * MaximumRows) * sizeof(float)));
            _graphs = settings.Graphs ? Own(new StepGraphs(device)) : null;
            device.Synchronize();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public int VocabularySize => _config.VocabularySize;

    /// <inheritdoc/>
    public int ContextTokens { get; }

    /// <inheritdoc/>
    public int Blocks { get; }

    /// <summary>Bytes of weights that a step reads for one row.</summary>
    public long WeightBytes
        => Head.Bytes + _weights.Layers.Sum(layer => layer.QueryKeyValue.Bytes + layer.Output.Bytes + layer.GateUp.Bytes + layer.Down.Bytes);

    private CudaMatrix Head => _weights.Head ?? throw new InvalidOperationException("A decoder of which vectors are made has no kernels here.");

    /// <summary>Number of graphs that are recorded.</summary>
    internal int Graphs => _graphs?.Count ?? 0;

    /// <inheritdoc/>
    public void Compute(StepBatch batch, Span<float> logits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(logits.Length, checked(batch.LogitRows * VocabularySize), nameof(logits));
        Check(batch);
        for (var first = 0; first < batch.Rows; first += MaximumRows)
        {
            _input.Take(batch, first, Math.Min(MaximumRows, batch.Rows - first));
            var splits = (_input.LastPosition / _shape.SplitTokens) + 1;
            if (_graphs is not null && _input.Count <= GraphRows && _input.LogitCount == _input.Count)
            {
                ComputeByGraph(_graphs, splits, logits);
            }
            else
            {
                _input.Upload();
                LaunchLayers(_input.Count, splits);
                ComputeLogits(logits);
            }
        }
    }

    /// <inheritdoc/>
    public void Clear(int block)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(block);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(block, Blocks);
        _device.Zero((nint)(_cache.Address + (block * _blockBytes)), _blockBytes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _owned.Reverse();
        _owned.ForEach(part => part.Dispose());
        _owned.Clear();
    }

    /// <summary>Kernels check no bounds.</summary>
    private void Check(StepBatch batch)
    {
        foreach (var id in batch.Ids)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(id, nameof(batch));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, VocabularySize, nameof(batch));
        }

        for (var i = 0; i < batch.Entries.Count; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(batch.Entries[i].Position, nameof(batch));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(batch.Entries[i].Length, ContextTokens, nameof(batch));
        }
    }

    private void ComputeByGraph(StepGraphs graphs, int splits, Span<float> logits)
    {
        var asked = _input.Count;
        var rows = StepGraphs.RoundUp(asked);
        var splitsOfGraph = Math.Min(StepGraphs.RoundUp(splits), _splits);
        _input.PadTo(rows);
        _input.Upload();
        if (!graphs.TryLaunch(rows, splitsOfGraph))
        {
            // For the first time as it is: a kernel's first launch loads it, which a recording does not allow.
            LaunchLayers(rows, splitsOfGraph);
            LaunchHead(0, rows);
            if (graphs.Wants(rows, splitsOfGraph))
            {
                _device.Synchronize();
                Record(graphs, rows, splitsOfGraph);
            }
        }

        ReadLogits(0, asked, logits);
    }

    // A method of its own: what it hands over is an object, and a step makes none.
    private void Record(StepGraphs graphs, int rows, int splits) => graphs.Record(rows, splits, () =>
    {
        LaunchLayers(rows, splits);
        LaunchHead(0, rows);
    });

    private void LaunchLayers(int rows, int splits)
    {
        Embed(rows);
        for (var i = 0; i < _config.Layers; i++)
        {
            var layer = _weights.Layers[i];
            Norm(layer.AttentionNorm, _x, _normed.Device, rows);
            Multiply(layer.QueryKeyValue, _normed, _projected, rows);
            StoreHeads(layer, i, rows);
            Attend(i, rows, splits);
            AddProduct(layer.Output, _attended, layer.AttentionPostNorm, rows);
            Norm(layer.FeedForwardNorm, _x, _normed.Device, rows);
            Multiply(layer.GateUp, _normed, _gateUp, rows);
            Gate(rows);
            AddProduct(layer.Down, _gated, layer.FeedForwardPostNorm, rows);
        }
    }

    /// <summary>x += matrix x input, through a norm where the family has one there.</summary>
    private void AddProduct(CudaMatrix matrix, CudaActivations input, DeviceMemory? norm, int rows)
    {
        if (norm is null)
        {
            Multiply(matrix, input, _x, rows, add: true);
            return;
        }

        Multiply(matrix, input, _added, rows);
        Norm(norm, _added, default, rows, sum: _x.Values);
    }

    private void ComputeLogits(Span<float> logits)
    {
        for (var first = 0; first < _input.LogitCount; first += LogitRowsAtOnce)
        {
            var count = Math.Min(LogitRowsAtOnce, _input.LogitCount - first);
            LaunchHead(first, count);
            ReadLogits(first, count, logits);
        }

        // The next step writes into memory that this one may still be read from.
        _device.Synchronize();
    }

    private void LaunchHead(int first, int count)
    {
        Norm(_weights.FinalNorm, _x, _last.Device, count, selection: _input.Selection(first));
        Multiply(Head, _last, _logits, count);
        if (_config.LogitCap is { } cap)
        {
            var arguments = new CapArguments { Values = _logits.Values, Stride = _logits.Stride, Columns = VocabularySize, Cap = (float)cap };
            _device.Launch(Kernel("cap"), new GridSize(Blocked(VocabularySize, RowThreads), count), RowThreads, arguments);
        }
    }

    private void ReadLogits(int first, int count, Span<float> logits)
    {
        _device.Download(_hostLogits.Address, _logits.Values, (long)count * _logits.Stride * sizeof(float));
        _device.Synchronize();
        for (var i = 0; i < count; i++)
        {
            _hostLogits.Span<float>(i * _logits.Stride, VocabularySize).CopyTo(logits[(_input.LogitTarget(first + i) * VocabularySize)..]);
        }
    }

    private void Embed(int rows)
    {
        var arguments = new EmbedArguments
        {
            Matrix = _weights.Embedding.Device,
            Rows = _input.Rows,
            Target = _x.Values,
            RowInts = _input.RowInts,
            TargetStride = _x.Stride,
            Columns = _config.HiddenSize,
            Scale = (float)_config.EmbeddingScale,
        };
        _device.Launch(Kernel(EmbedName(_weights.Embedding.Format)), new GridSize(Blocked(_config.HiddenSize, RowThreads), rows), RowThreads, arguments);
    }

    private void Norm(DeviceMemory weight, CudaActivations source, DeviceActivations target, int rows, nint sum = 0, nint selection = 0)
    {
        var arguments = new NormArguments
        {
            Source = source.Values,
            Weight = weight.Address,
            Target = target,
            Sum = sum,
            Selection = selection,
            RowInts = _input.RowInts,
            Stride = source.Stride,
            Columns = _config.HiddenSize,
            Epsilon = (float)_config.NormEpsilon,
        };
        _device.Launch(Kernel("norm"), new GridSize(rows), RowThreads, arguments);
    }

    private void Multiply(CudaMatrix matrix, CudaActivations input, CudaActivations target, int rows, bool add = false)
    {
        var atOnce = rows switch { 1 => 1, 2 => 2, <= 4 => 4, _ => 8 };
        var arguments = new ProductArguments
        {
            Matrix = matrix.Device,
            Input = input.Device,
            Target = target.Values,
            TargetStride = target.Stride,
            Rows = rows,
            Add = add ? 1 : 0,
        };
        var blocks = Blocked(matrix.Rows, ProductWarps * ProductRows) * Blocked(rows, atOnce);
        _device.Launch(Kernel(ProductName(matrix.Format, atOnce)), new GridSize(blocks), ProductWarps * Lanes, arguments);
    }

    private void StoreHeads(DecoderLayer<CudaMatrix, DeviceMemory> layer, int index, int rows)
    {
        var arguments = new HeadsArguments
        {
            Projected = _projected.Values,
            Bias = layer.QueryKeyValueBias?.Address ?? 0,
            QueryNorm = layer.QueryNorm?.Address ?? 0,
            KeyNorm = layer.KeyNorm?.Address ?? 0,
            Rows = _input.Rows,
            Angles = _input.Angles(_config.Windows[index] > 0),
            Tables = _input.Tables,
            Cache = _cache.Address,
            RowInts = _input.RowInts,
            Stride = _projected.Stride,
            Heads = _config.Heads,
            Shared = _config.KeyValueHeads,
            Pairs = _input.Pairs,
            Layer = index,
            Layers = _config.Layers,
            Epsilon = (float)_config.NormEpsilon,
        };
        _device.Launch(Kernel("heads"), new GridSize(Blocked(_config.Heads + (2 * _config.KeyValueHeads), HeadWarps), rows), HeadWarps * Lanes, arguments);
    }

    private void Attend(int index, int rows, int splits)
    {
        var rowsAtOnce = (int)Math.Clamp(_parts.Bytes / sizeof(float) / ((long)_config.Heads * splits * _shape.PartNumbers), 1, rows);
        for (var first = 0; first < rows; first += rowsAtOnce)
        {
            var count = Math.Min(rowsAtOnce, rows - first);
            var attend = new AttendArguments
            {
                Projected = _projected.Values,
                Rows = _input.Rows,
                Tables = _input.Tables,
                Cache = _cache.Address,
                Parts = _parts.Address,
                RowInts = _input.RowInts,
                Stride = _projected.Stride,
                FirstRow = first,
                Heads = _config.Heads,
                Shared = _config.KeyValueHeads,
                Layer = index,
                Layers = _config.Layers,
                Window = _config.Windows[index],
                Splits = splits,
                Scale = (float)_config.AttentionScale,
                Cap = (float)(_config.AttentionCap ?? 0),
            };
            _device.Launch(Kernel("attend"), new GridSize(_config.Heads / _tileHeads, count, splits), AttendThreads, attend);
            var merge = new MergeArguments
            {
                Parts = _parts.Address,
                Rows = _input.Rows,
                Target = _attended.Device,
                RowInts = _input.RowInts,
                FirstRow = first,
                Heads = _config.Heads,
                Window = _config.Windows[index],
                Splits = splits,
            };
            _device.Launch(Kernel("merge"), new GridSize(Blocked(_attended.Stride, RowThreads), count), RowThreads, merge);
        }
    }

    private void Gate(int rows)
    {
        var arguments = new GateArguments
        {
            GateUp = _gateUp.Values,
            Target = _gated.Device,
            Stride = _gateUp.Stride,
            Inner = _config.IntermediateSize,
            Gelu = _config.Activation == Activation.GeluTanh ? 1 : 0,
        };
        _device.Launch(Kernel("gate"), new GridSize(Blocked(_gated.Stride, RowThreads), rows), RowThreads, arguments);
    }

    private nint Kernel(string name)
    {
        if (!_functions.TryGetValue(name, out var function))
        {
            _functions.Add(name, function = _kernels[name]);
        }

        return function;
    }

    private CudaActivations Buffer(int columns, bool quantized = false) => Own(new CudaActivations(_device, MaximumRows, columns, quantized));

    private T Own<T>(T part)
        where T : IDisposable
    {
        _owned.Add(part);
        return part;
    }

    private static int Blocked(int items, int atOnce) => (items + atOnce - 1) / atOnce;

    private static string EmbedName(WeightFormat format) => format switch
    {
        WeightFormat.Float32 => "embed_float32",
        WeightFormat.BFloat16 => "embed_bfloat16",
        WeightFormat.Int8 => "embed_int8",
        WeightFormat.Int4 => "embed_int4",
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    private static string ProductName(WeightFormat format, int rows) => (format, rows) switch
    {
        (WeightFormat.Float32, 1) => "product_float32_1",
        (WeightFormat.Float32, 2) => "product_float32_2",
        (WeightFormat.Float32, 4) => "product_float32_4",
        (WeightFormat.Float32, _) => "product_float32_8",
        (WeightFormat.BFloat16, 1) => "product_bfloat16_1",
        (WeightFormat.BFloat16, 2) => "product_bfloat16_2",
        (WeightFormat.BFloat16, 4) => "product_bfloat16_4",
        (WeightFormat.BFloat16, _) => "product_bfloat16_8",
        (WeightFormat.Int8, 1) => "product_int8_1",
        (WeightFormat.Int8, 2) => "product_int8_2",
        (WeightFormat.Int8, 4) => "product_int8_4",
        (WeightFormat.Int8, _) => "product_int8_8",
        (WeightFormat.Int4, 1) => "product_int4_1",
        (WeightFormat.Int4, 2) => "product_int4_2",
        (WeightFormat.Int4, 4) => "product_int4_4",
        (WeightFormat.Int4, _) => "product_int4_8",
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };
}
