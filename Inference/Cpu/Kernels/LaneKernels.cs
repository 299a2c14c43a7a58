using System.Runtime.CompilerServices;
using CocoonOrleans.Inference.Cpu.Weights;

namespace CocoonOrleans.Inference.Cpu.Kernels;

/// <summary>The kernels over <see cref="ILanes{TSelf}"/>: written once, compiled for each processor. This part holds what works on single rows.</summary>
/// <typeparam name="TFloat">Lanes for floats.</typeparam>
/// <typeparam name="TInt">Lanes for products of integers.</typeparam>
/// <param name="name">See <see cref="CpuKernels.Name"/>.</param>
/// <param name="fourRows">Whether there are registers enough for four rows of floats at once.</param>
internal sealed unsafe partial class LaneKernels<TFloat, TInt>(string name, bool fourRows) : CpuKernels
    where TFloat : unmanaged, ILanes<TFloat>
    where TInt : unmanaged, ILanes<TInt>
{
    private const int Lanes = 16;

    /// <summary>Activations all below this are zeros: their scale would be no normal number.</summary>
    private const float SmallestActivation = 1e-30f;

    public override string Name => name;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
                var (low, high) = (TFloat.Load(x), TFloat.Load(x + Lanes));
                var largest = TFloat.Largest(TFloat.Max(TFloat.Abs(low), TFloat.Abs(high)));
                // Written so that NaN takes the other way: what is no number stays one, in the scale.
                var inverse = TFloat.Broadcast(largest < SmallestActivation ? 0 : 127 / largest);
                scales[group] = largest < SmallestActivation ? 0 : largest / 127;
                low = LaneMath<TFloat>.Round(low * inverse);
                high = LaneMath<TFloat>.Round(high * inverse);
                TFloat.StoreBytes(low, target);
                TFloat.StoreBytes(high, target + Lanes);
                sums[group] = (int)TFloat.Sum(TFloat.ToFloats(TFloat.AddInts(low, high)));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void RmsNorm(float* x, float* weight, int count, float epsilon, float* y)
    {
        unchecked
        {
            TFloat even = default, odd = default;
            var i = 0;
            for (; i + (2 * Lanes) <= count; i += 2 * Lanes)
            {
                var (first, second) = (TFloat.Load(x + i), TFloat.Load(x + i + Lanes));
                even = TFloat.MultiplyAdd(first, first, even);
                odd = TFloat.MultiplyAdd(second, second, odd);
            }

            var squares = TFloat.Sum(even + odd);
            for (; i < count; i++)
            {
                squares = MathF.FusedMultiplyAdd(x[i], x[i], squares);
            }

            var scale = 1 / MathF.Sqrt((squares / count) + epsilon);
            var scales = TFloat.Broadcast(scale);
            for (i = 0; i + Lanes <= count; i += Lanes)
            {
                TFloat.Store(TFloat.Load(x + i) * scales * TFloat.Load(weight + i), y + i);
            }

            for (; i < count; i++)
            {
                y[i] = x[i] * scale * weight[i];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Rotate(float* head, float* cosines, float* sines, int half)
    {
        unchecked
        {
            var i = 0;
            for (; i + Lanes <= half; i += Lanes)
            {
                var (first, second) = (TFloat.Load(head + i), TFloat.Load(head + half + i));
                var (cosine, sine) = (TFloat.Load(cosines + i), TFloat.Load(sines + i));
                TFloat.Store((first * cosine) - (second * sine), head + i);
                TFloat.Store((second * cosine) + (first * sine), head + half + i);
            }

            for (; i < half; i++)
            {
                var (first, second) = (head[i], head[half + i]);
                head[i] = (first * cosines[i]) - (second * sines[i]);
                head[half + i] = (second * cosines[i]) + (first * sines[i]);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Gate(GateActivation activation, float* gate, float* up, int count, float* y)
    {
        unchecked
        {
            for (var i = 0; i < count; i += Lanes)
            {
                var x = TFloat.Load(gate + i);
                // 0.5 x (1 + tanh(u)) is x sigmoid(2 u).
                var inner = activation == GateActivation.Silu ? x : x * TFloat.MultiplyAdd(x * x, TFloat.Broadcast(0.0713548163f), TFloat.Broadcast(1.59576912f));
                TFloat.Store(x * LaneMath<TFloat>.Sigmoid(inner) * TFloat.Load(up + i), y + i);
            }

            for (var i = count; i % Lanes != 0; i++)
            {
                y[i] = 0;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Add(float* x, float* y, int count)
    {
        unchecked
        {
            var i = 0;
            for (; i + Lanes <= count; i += Lanes)
            {
                TFloat.Store(TFloat.Load(x + i) + TFloat.Load(y + i), x + i);
            }

            for (; i < count; i++)
            {
                x[i] += y[i];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void SoftCap(float* x, int count, float cap)
    {
        unchecked
        {
            var i = 0;
            for (; i + Lanes <= count; i += Lanes)
            {
                TFloat.Store(Capped(TFloat.Load(x + i), cap), x + i);
            }

            if (i < count)
            {
                var rest = stackalloc float[Lanes];
                new Span<float>(x + i, count - i).CopyTo(new Span<float>(rest, Lanes));
                TFloat.Store(Capped(TFloat.Load(rest), cap), rest);
                new Span<float>(rest, count - i).CopyTo(new Span<float>(x + i, count - i));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat Capped(TFloat x, float cap) => TFloat.Broadcast(cap) * LaneMath<TFloat>.Tanh(x / TFloat.Broadcast(cap));
}
