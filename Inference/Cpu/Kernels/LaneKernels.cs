using System.Runtime.CompilerServices;
using CocoonOrleans.Inference.Cpu.Weights;
using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Inference.Cpu.Kernels;

/// <summary>The kernels over <see cref="ILanes{TSelf}"/>: written once, compiled for each processor. This part holds what works on single rows.</summary>
/// <typeparam name="TLanes">The lanes.</typeparam>
/// <param name="name">See <see cref="CpuKernels.Name"/>.</param>
/// <param name="fourRows">Whether there are registers enough for four rows at once, also of floats.</param>
internal sealed unsafe partial class LaneKernels<TLanes>(string name, bool fourRows) : CpuKernels
    where TLanes : unmanaged, ILanes<TLanes>
{
    /// <summary>
    /// Compiled fully at once, and never into a caller: there the budget for inlining runs out, lanes become calls, and a kernel takes ten times as long (measured).
    /// </summary>
    private const MethodImplOptions Whole = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;

    private const int Lanes = 16;

    /// <summary>Activations all below this are zeros: their scale would be no normal number.</summary>
    private const float SmallestActivation = 1e-30f;

    public override string Name => name;

    [MethodImpl(Whole)]
    public override void Quantize(in Activations activations, int row)
    {
        var x = activations.Values(row);
        var target = activations.Quantized(row);
        var scales = activations.Scales(row);
        var sums = activations.Sums(row);
        unchecked
        {
            for (var group = 0; group < activations.Groups; group++, x += WeightMatrix.GroupColumns, target += WeightMatrix.GroupColumns)
            {
                var (low, high) = (TLanes.Load(x), TLanes.Load(x + Lanes));
                var largest = TLanes.Largest(TLanes.Max(TLanes.Abs(low), TLanes.Abs(high)));
                // Written so that NaN takes the other way: what is no number stays one, in the scale.
                var inverse = TLanes.Broadcast(largest < SmallestActivation ? 0 : 127 / largest);
                scales[group] = largest < SmallestActivation ? 0 : largest / 127;
                low = LaneMath<TLanes>.Round(low * inverse);
                high = LaneMath<TLanes>.Round(high * inverse);
                TLanes.StoreBytes(low, target);
                TLanes.StoreBytes(high, target + Lanes);
                sums[group] = (int)TLanes.Sum(TLanes.ToFloats(TLanes.AddInts(low, high)));
            }
        }
    }

    [MethodImpl(Whole)]
    public override void RmsNorm(float* x, float* weight, int count, float epsilon, float* y)
    {
        unchecked
        {
            TLanes even = default, odd = default;
            var i = 0;
            for (; i + (2 * Lanes) <= count; i += 2 * Lanes)
            {
                var (first, second) = (TLanes.Load(x + i), TLanes.Load(x + i + Lanes));
                even = TLanes.MultiplyAdd(first, first, even);
                odd = TLanes.MultiplyAdd(second, second, odd);
            }

            var squares = TLanes.Sum(even + odd);
            for (; i < count; i++)
            {
                squares = MathF.FusedMultiplyAdd(x[i], x[i], squares);
            }

            var scale = 1 / MathF.Sqrt((squares / count) + epsilon);
            var scales = TLanes.Broadcast(scale);
            for (i = 0; i + Lanes <= count; i += Lanes)
            {
                TLanes.Store(TLanes.Load(x + i) * scales * TLanes.Load(weight + i), y + i);
            }

            for (; i < count; i++)
            {
                y[i] = x[i] * scale * weight[i];
            }
        }
    }

    [MethodImpl(Whole)]
    public override void LayerNorm(float* x, float* weight, float* bias, int count, float epsilon, float* y)
    {
        unchecked
        {
            TLanes sums = default;
            var i = 0;
            for (; i + Lanes <= count; i += Lanes)
            {
                sums += TLanes.Load(x + i);
            }

            var sum = TLanes.Sum(sums);
            for (; i < count; i++)
            {
                sum += x[i];
            }

            var mean = sum / count;
            var means = TLanes.Broadcast(mean);
            TLanes squares = default;
            for (i = 0; i + Lanes <= count; i += Lanes)
            {
                var difference = TLanes.Load(x + i) - means;
                squares = TLanes.MultiplyAdd(difference, difference, squares);
            }

            var square = TLanes.Sum(squares);
            for (; i < count; i++)
            {
                square = MathF.FusedMultiplyAdd(x[i] - mean, x[i] - mean, square);
            }

            var scale = 1 / MathF.Sqrt((square / count) + epsilon);
            var scales = TLanes.Broadcast(scale);
            for (i = 0; i + Lanes <= count; i += Lanes)
            {
                TLanes.Store(TLanes.MultiplyAdd((TLanes.Load(x + i) - means) * scales, TLanes.Load(weight + i), TLanes.Load(bias + i)), y + i);
            }

            for (; i < count; i++)
            {
                y[i] = MathF.FusedMultiplyAdd((x[i] - mean) * scale, weight[i], bias[i]);
            }
        }
    }

    [MethodImpl(Whole)]
    public override void Gelu(float* x, int count, float* y)
    {
        unchecked
        {
            for (var i = 0; i < count; i += Lanes)
            {
                TLanes.Store(LaneMath<TLanes>.Gelu(TLanes.Load(x + i)), y + i);
            }

            for (var i = count; i % Lanes != 0; i++)
            {
                y[i] = 0;
            }
        }
    }

    [MethodImpl(Whole)]
    public override void Rotate(float* head, float* cosines, float* sines, int half)
    {
        unchecked
        {
            var i = 0;
            for (; i + Lanes <= half; i += Lanes)
            {
                var (first, second) = (TLanes.Load(head + i), TLanes.Load(head + half + i));
                var (cosine, sine) = (TLanes.Load(cosines + i), TLanes.Load(sines + i));
                TLanes.Store((first * cosine) - (second * sine), head + i);
                TLanes.Store((second * cosine) + (first * sine), head + half + i);
            }

            for (; i < half; i++)
            {
                var (first, second) = (head[i], head[half + i]);
                head[i] = (first * cosines[i]) - (second * sines[i]);
                head[half + i] = (second * cosines[i]) + (first * sines[i]);
            }
        }
    }

    [MethodImpl(Whole)]
    public override void Gate(Activation activation, float* gate, float* up, int count, float* y)
    {
        unchecked
        {
            for (var i = 0; i < count; i += Lanes)
            {
                var x = TLanes.Load(gate + i);
                // 0.5 x (1 + tanh(u)) is x sigmoid(2 u).
                var inner = activation == Activation.Silu ? x : x * TLanes.MultiplyAdd(x * x, TLanes.Broadcast(0.0713548163f), TLanes.Broadcast(1.59576912f));
                TLanes.Store(x * LaneMath<TLanes>.Sigmoid(inner) * TLanes.Load(up + i), y + i);
            }

            for (var i = count; i % Lanes != 0; i++)
            {
                y[i] = 0;
            }
        }
    }

    [MethodImpl(Whole)]
    public override void Add(float* x, float* y, int count)
    {
        unchecked
        {
            var i = 0;
            for (; i + Lanes <= count; i += Lanes)
            {
                TLanes.Store(TLanes.Load(x + i) + TLanes.Load(y + i), x + i);
            }

            for (; i < count; i++)
            {
                x[i] += y[i];
            }
        }
    }

    [MethodImpl(Whole)]
    public override void SoftCap(float* x, int count, float cap)
    {
        unchecked
        {
            var i = 0;
            for (; i + Lanes <= count; i += Lanes)
            {
                TLanes.Store(Capped(TLanes.Load(x + i), cap), x + i);
            }

            if (i < count)
            {
                var rest = stackalloc float[Lanes];
                new Span<float>(x + i, count - i).CopyTo(new Span<float>(rest, Lanes));
                TLanes.Store(Capped(TLanes.Load(rest), cap), rest);
                new Span<float>(rest, count - i).CopyTo(new Span<float>(x + i, count - i));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Capped(TLanes x, float cap) => TLanes.Broadcast(cap) * LaneMath<TLanes>.Tanh(x / TLanes.Broadcast(cap));
}
