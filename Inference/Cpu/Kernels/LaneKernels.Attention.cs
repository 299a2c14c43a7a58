using System.Runtime.CompilerServices;

namespace CocoonOrleans.Inference.Cpu.Kernels;

/// <summary>Attention over cache blocks, read where they lie.</summary>
internal sealed unsafe partial class LaneKernels<TLanes>
{
    private const int Block = AttentionHead.BlockPositions;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
                for (var i = 0; i < head.Heads; i++)
                {
                    Score(head.Queries + (i * head.HeadSize), keys, head.HeadSize, head.Scale, head.SoftCap, scores + (i * stride) + (block * Block));
                }
            }

            var (first, last) = (head.First - (firstBlock * Block), head.Last - (firstBlock * Block));
            for (var i = 0; i < head.Heads; i++)
            {
                var own = scores + (i * stride);
                var scale = 1 / SoftMax(own, first, last, (int)stride);
                Blend(head, own, first, last, firstBlock, scale, head.Output + (i * head.HeadSize));
            }
        }
    }

    /// <summary>Scores of sixteen positions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Score(float* query, float* keys, int size, float scale, float softCap, float* scores)
    {
        unchecked
        {
            TLanes even = default, odd = default;
            for (nint i = 0; i < size; i += 2)
            {
                even = TLanes.MultiplyAdd(TLanes.Load(keys + (i * Block)), TLanes.Broadcast(query[i]), even);
                odd = TLanes.MultiplyAdd(TLanes.Load(keys + (i * Block) + Block), TLanes.Broadcast(query[i + 1]), odd);
            }

            var score = (even + odd) * TLanes.Broadcast(scale);
            TLanes.Store(softCap == 0 ? score : Capped(score, softCap), scores);
        }
    }

    /// <summary>Turns scores into unscaled weights; those outside first..last become zero.</summary>
    /// <returns>Their sum.</returns>
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

    /// <summary>Sum of values by weight, 64 numbers of the head at a time.</summary>
    private static void Blend(in AttentionHead head, float* weights, int first, int last, int firstBlock, float scale, float* output)
    {
        unchecked
        {
            nint width = (head.HeadSize + Lanes - 1) / Lanes * Lanes;
            var part = stackalloc float[4 * Lanes];
            for (nint start = 0; start < width; start += 4 * Lanes)
            {
                var registers = (int)Math.Min(4, (width - start) / Lanes);
                TLanes y0 = default, y1 = default, y2 = default, y3 = default;
                for (var position = first; position <= last; position++)
                {
                    var values = (float*)head.Blocks[firstBlock + (position / Block)] + head.ValueOffset + (position % Block * width) + start;
                    var weight = TLanes.Broadcast(weights[position]);
                    y0 = TLanes.MultiplyAdd(TLanes.Load(values), weight, y0);
                    if (registers > 1)
                    {
                        y1 = TLanes.MultiplyAdd(TLanes.Load(values + Lanes), weight, y1);
                    }

                    if (registers > 2)
                    {
                        y2 = TLanes.MultiplyAdd(TLanes.Load(values + (2 * Lanes)), weight, y2);
                    }

                    if (registers > 3)
                    {
                        y3 = TLanes.MultiplyAdd(TLanes.Load(values + (3 * Lanes)), weight, y3);
                    }
                }

                var scales = TLanes.Broadcast(scale);
                TLanes.Store(y0 * scales, part);
                TLanes.Store(y1 * scales, part + Lanes);
                TLanes.Store(y2 * scales, part + (2 * Lanes));
                TLanes.Store(y3 * scales, part + (3 * Lanes));
                var count = (int)Math.Min(4 * Lanes, head.HeadSize - start);
                new Span<float>(part, count).CopyTo(new Span<float>(output + start, count));
            }
        }
    }
}
