using System.Runtime.CompilerServices;

namespace CocoonOrleans.Inference.Cpu.Kernels;

/// <summary>Attention over cache blocks, read where they lie.</summary>
internal sealed unsafe partial class LaneKernels<TLanes>
{
    private const int Block = AttentionHead.BlockPositions;

    [MethodImpl(Whole)]
    public override void Attend(in AttentionHead head, float* scores)
    {
        unchecked
        {
            var firstBlock = head.First / Block;
            var blocks = (head.Last / Block) + 1 - firstBlock;
            nint stride = blocks * Block;
            for (var block = 0; block < blocks; block++)
            {
                // All heads before the next block: its keys are read from memory once.
                var keys = (float*)head.Blocks[firstBlock + block] + head.KeyOffset;
                Score(head, keys, scores + (block * Block), stride);
            }

            var (first, last) = (head.First - (firstBlock * Block), head.Last - (firstBlock * Block));
            var i = 0;
            for (; i + 2 <= head.Heads; i += 2)
            {
                var own = scores + (i * stride);
                var scale = 1 / SoftMax(own, first, last, (int)stride);
                var nextScale = 1 / SoftMax(own + stride, first, last, (int)stride);
                Blend<TwoRows>(head, own, stride, first, last, head.Blocks + firstBlock, scale, nextScale, head.Output + (i * head.HeadSize));
            }

            if (i < head.Heads)
            {
                var own = scores + (i * stride);
                Blend<OneRow>(head, own, 0, first, last, head.Blocks + firstBlock, 1 / SoftMax(own, first, last, (int)stride), 0, head.Output + (i * head.HeadSize));
            }
        }
    }

    /// <summary>Scores of sixteen positions for all heads.</summary>
    [MethodImpl(Whole)]
    private static void Score(in AttentionHead head, float* keys, float* scores, nint stride)
    {
        unchecked
        {
            var i = 0;
            for (; i + 4 <= head.Heads; i += 4)
            {
                Score<FourRows>(head, head.Queries + (i * head.HeadSize), keys, scores + (i * stride), stride);
            }

            for (; i + 2 <= head.Heads; i += 2)
            {
                Score<TwoRows>(head, head.Queries + (i * head.HeadSize), keys, scores + (i * stride), stride);
            }

            if (i < head.Heads)
            {
                Score<OneRow>(head, head.Queries + (i * head.HeadSize), keys, scores + (i * stride), stride);
            }
        }
    }

    [MethodImpl(Whole)]
    private static void Score<TRows>(in AttentionHead head, float* query, float* keys, float* scores, nint stride)
        where TRows : IRowCount
    {
        unchecked
        {
            nint size = head.HeadSize;
            TLanes even0 = default, even1 = default, even2 = default, even3 = default, odd0 = default, odd1 = default, odd2 = default, odd3 = default;
            for (nint i = 0; i < size; i += 2)
            {
                var (even, odd) = (TLanes.Load(keys), TLanes.Load(keys + Block));
                keys += 2 * Block;
                even0 = TLanes.MultiplyAdd(even, TLanes.Broadcast(query[i]), even0);
                odd0 = TLanes.MultiplyAdd(odd, TLanes.Broadcast(query[i + 1]), odd0);
                if (TRows.Count > 1)
                {
                    even1 = TLanes.MultiplyAdd(even, TLanes.Broadcast(query[size + i]), even1);
                    odd1 = TLanes.MultiplyAdd(odd, TLanes.Broadcast(query[size + i + 1]), odd1);
                }

                if (TRows.Count > 2)
                {
                    even2 = TLanes.MultiplyAdd(even, TLanes.Broadcast(query[(2 * size) + i]), even2);
                    odd2 = TLanes.MultiplyAdd(odd, TLanes.Broadcast(query[(2 * size) + i + 1]), odd2);
                    even3 = TLanes.MultiplyAdd(even, TLanes.Broadcast(query[(3 * size) + i]), even3);
                    odd3 = TLanes.MultiplyAdd(odd, TLanes.Broadcast(query[(3 * size) + i + 1]), odd3);
                }
            }

            TLanes.Store(Finished(even0 + odd0, head), scores);
            if (TRows.Count > 1)
            {
                TLanes.Store(Finished(even1 + odd1, head), scores + stride);
            }

            if (TRows.Count > 2)
            {
                TLanes.Store(Finished(even2 + odd2, head), scores + (2 * stride));
                TLanes.Store(Finished(even3 + odd3, head), scores + (3 * stride));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Finished(TLanes product, in AttentionHead head)
    {
        var score = product * TLanes.Broadcast(head.Scale);
        return head.SoftCap == 0 ? score : Capped(score, head.SoftCap);
    }

    /// <summary>Turns scores into unscaled weights; those outside first..last become zero.</summary>
    /// <returns>Their sum.</returns>
    [MethodImpl(Whole)]
    private static float SoftMax(float* scores, int first, int last, int count)
    {
        unchecked
        {
            new Span<float>(scores, first).Fill(float.NegativeInfinity);
            new Span<float>(scores + last + 1, count - last - 1).Fill(float.NegativeInfinity);
            var largest = TLanes.Load(scores);
            for (nint i = Lanes; i < count; i += Lanes)
            {
                largest = TLanes.Max(largest, TLanes.Load(scores + i));
            }

            var shift = TLanes.Broadcast(TLanes.Largest(largest));
            for (nint i = 0; i < count; i += Lanes)
            {
                TLanes.Store(LaneMath<TLanes>.Exp(TLanes.Load(scores + i) - shift), scores + i);
            }

            new Span<float>(scores, first).Clear();
            new Span<float>(scores + last + 1, count - last - 1).Clear();
            TLanes sum = default;
            for (nint i = 0; i < count; i += Lanes)
            {
                sum += TLanes.Load(scores + i);
            }

            return TLanes.Sum(sum);
        }
    }

    /// <summary>Sums of values by weight for one head or two, 64 numbers of a head at a time.</summary>
    [MethodImpl(Whole)]
    private static void Blend<TRows>(
        in AttentionHead head, float* weights, nint stride, int first, int last, nint* blocks, float scale, float nextScale, float* output)
        where TRows : IRowCount
    {
        unchecked
        {
            nint width = (head.HeadSize + Lanes - 1) / Lanes * Lanes;
            for (nint start = 0; start < width; start += 4 * Lanes)
            {
                var registers = (int)Math.Min(4, (width - start) / Lanes);
                TLanes y0 = default, y1 = default, y2 = default, y3 = default, z0 = default, z1 = default, z2 = default, z3 = default;
                for (var position = first; position <= last;)
                {
                    var values = (float*)blocks[position / Block] + head.ValueOffset + (position % Block * width) + start;
                    for (var end = Math.Min(last + 1, ((position / Block) + 1) * Block); position < end; position++, values += width)
                    {
                        var weight = TLanes.Broadcast(weights[position]);
                        var next = TRows.Count > 1 ? TLanes.Broadcast(weights[stride + position]) : default;
                        Add<TRows>(values, weight, next, ref y0, ref z0);
                        if (registers == 4)
                        {
                            Add<TRows>(values + Lanes, weight, next, ref y1, ref z1);
                            Add<TRows>(values + (2 * Lanes), weight, next, ref y2, ref z2);
                            Add<TRows>(values + (3 * Lanes), weight, next, ref y3, ref z3);
                        }
                        else if (registers > 1)
                        {
                            Add<TRows>(values + Lanes, weight, next, ref y1, ref z1);
                            if (registers > 2)
                            {
                                Add<TRows>(values + (2 * Lanes), weight, next, ref y2, ref z2);
                            }
                        }
                    }
                }

                var count = (int)Math.Min(4 * Lanes, head.HeadSize - start);
                Write(y0, y1, y2, y3, scale, output + start, count);
                if (TRows.Count > 1)
                {
                    Write(z0, z1, z2, z3, nextScale, output + head.HeadSize + start, count);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TRows>(float* values, TLanes weight, TLanes next, ref TLanes y, ref TLanes z)
        where TRows : IRowCount
    {
        var value = TLanes.Load(values);
        y = TLanes.MultiplyAdd(value, weight, y);
        if (TRows.Count > 1)
        {
            z = TLanes.MultiplyAdd(value, next, z);
        }
    }

    private static void Write(TLanes y0, TLanes y1, TLanes y2, TLanes y3, float scale, float* output, int count)
    {
        unchecked
        {
            var part = stackalloc float[4 * Lanes];
            var scales = TLanes.Broadcast(scale);
            TLanes.Store(y0 * scales, part);
            TLanes.Store(y1 * scales, part + Lanes);
            TLanes.Store(y2 * scales, part + (2 * Lanes));
            TLanes.Store(y3 * scales, part + (3 * Lanes));
            new Span<float>(part, count).CopyTo(new Span<float>(output, count));
        }
    }
}
