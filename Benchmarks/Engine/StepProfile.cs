using System.Diagnostics;
using CocoonOrleans.Inference.Cpu;
using CocoonOrleans.Inference.Cpu.Kernels;
using CocoonOrleans.Inference.Cpu.Memory;
using CocoonOrleans.Inference.Cpu.Threads;
using CocoonOrleans.Inference.Cpu.Weights;
using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Benchmarks.Engine;

/// <summary>
/// Takes a step for one row apart: the same bytes read and nothing else, then each kind of product alone, on the weights and threads of the step. What the step needs beyond all products is norms, attention,
/// quantising and the choice of the token.
/// </summary>
internal sealed unsafe class StepProfile : IDisposable
{
    private readonly List<(string Name, WeightMatrix[] Matrices, ActivationBuffer Input, List<double> Times)> _products = [];
    private readonly List<double> _readings = [];
    private readonly List<IDisposable> _owned = [];
    private readonly MemoryBandwidth _bandwidth;
    private readonly MatrixWork _work;
    private readonly ActivationBuffer _target;

    /// <param name="model">The model.</param>
    /// <param name="format">How its weights are kept.</param>
    /// <param name="team">Threads.</param>
    public StepProfile(ModelFolder model, WeightFormat format, CpuTeam team)
    {
        var config = model.Config;
        using var source = new CpuWeightSource(model.Weights, config.NormOffset, format, team);
        var weights = Own(new DecoderWeights<WeightMatrix, NativeBlock>(config, source));
        var quantized = format is WeightFormat.Int8 or WeightFormat.Int4;
        void Add(string name, int columns, IEnumerable<WeightMatrix> matrices)
        {
            var input = Own(new ActivationBuffer(1, columns, quantized));
            new Span<float>(input[0], columns).Fill(0.01f);
            input.Finish(CpuKernels.Best, 0);
            _products.Add((name, [.. matrices], input, []));
        }

        Add("queries, keys and values", config.HiddenSize, weights.Layers.Select(layer => layer.QueryKeyValue));
        Add("attention's output", config.Heads * config.HeadSize, weights.Layers.Select(layer => layer.Output));
        Add("gate and up", config.HiddenSize, weights.Layers.Select(layer => layer.GateUp));
        Add("down", config.IntermediateSize, weights.Layers.Select(layer => layer.Down));
        Add("logits", config.HiddenSize, [weights.Head!]);
        _target = Own(new ActivationBuffer(1, Math.Max(config.VocabularySize, 2 * config.IntermediateSize) + WeightMatrix.TileRows, quantized: false));
        _work = new MatrixWork(team, CpuKernels.Best);
        Bytes = _products.Sum(product => Size(product.Matrices));
        _bandwidth = Own(new MemoryBandwidth(team, Bytes));
    }

    /// <summary>Bytes of weights that a step reads.</summary>
    public long Bytes { get; }

    /// <summary>The last reading of so many bytes, in milliseconds.</summary>
    public double Reading => _readings[^1];

    /// <summary>Measures each part once.</summary>
    public void Measure()
    {
        _readings.Add(Bytes / _bandwidth.Measure() * 1000);
        foreach (var (_, matrices, input, times) in _products)
        {
            var start = Stopwatch.GetTimestamp();
            foreach (var matrix in matrices)
            {
                _work.Multiply(matrix, input.Rows, 1, _target[0], _target.Rows.Stride);
            }

            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
    }

    /// <summary>All parts.</summary>
    /// <param name="name">Which step.</param>
    /// <param name="step">Its median wall time in milliseconds.</param>
    public IEnumerable<ProfilePart> Parts(string name, double step)
    {
        var products = _products.Select(product => ProfilePart.Of($"{name}: {product.Name}", product.Times, Size(product.Matrices))).ToList();
        return
        [
            ProfilePart.Of($"{name}: as many bytes read, nothing else", _readings, Bytes),
            .. products,
            ProfilePart.Of($"{name}: the whole step", [step], Bytes),
            ProfilePart.Of($"{name}: the step without its products", [step - products.Sum(part => part.Milliseconds)], 0),
        ];
    }

    public void Dispose() => _owned.ForEach(item => item.Dispose());

    private static long Size(WeightMatrix[] matrices) => matrices.Sum(matrix => matrix.Bytes);

    private T Own<T>(T item)
        where T : IDisposable
    {
        _owned.Add(item);
        return item;
    }
}
