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
            var queries = head.Heads * head.Positions;
            var firstBlock = head.FirstOf(0) / Block;
            var blocks = (head.LastOf(queries - 1) / Block) + 1 - firstBlock;
            nint stride = blocks * Block;
            var block = 0;
            for (; fourRows && queries >= 4 && block + 2 <= blocks; block += 2)
            {
                // All queries before the next blocks: their keys are read from memory once.
                ScoreTwoBlocks(head, queries, KeysOf(head, firstBlock + block), KeysOf(head, firstBlock + block + 1), scores + (block * Block), stride);
            }

            for (; block < blocks; block++)
            {
                Score(head, 0, queries, KeysOf(head, firstBlock + block), scores + (block * Block), stride);
            }

            var i = 0;
            for (; fourRows && i + 4 <= queries; i += 4)
            {
                Blend<FourRows>(head, i, scores + (i * stride), stride, firstBlock);
            }

            for (; i + 2 <= queries; i += 2)
            {
                Blend<TwoRows>(head, i, scores + (i * stride), stride, firstBlock);
            }

            if (i < queries)
            {
                Blend<OneRow>(head, i, scores + (i * stride), stride, firstBlock);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float* KeysOf(in AttentionHead head, int block) => unchecked((float*)head.Blocks[block] + head.KeyOffset);

    /// <summary>Scores of thirty-two positions for all queries: four queries and two blocks at a time, since what is read of either then serves twice.</summary>
    [MethodImpl(Whole)]
    private static void ScoreTwoBlocks(in AttentionHead head, int queries, float* keys, float* nextKeys, float* scores, nint stride)
    {
        unchecked
        {
            var i = 0;
            for (; i + 4 <= queries; i += 4)
            {
                ScoreTwoBlocks(head, head.QueryOf(i), head.QueryOf(i + 1), head.QueryOf(i + 2), head.QueryOf(i + 3), keys, nextKeys, scores + (i * stride), stride);
            }

            Score(head, i, queries, keys, scores, stride);
            Score(head, i, queries, nextKeys, scores + Block, stride);
        }
    }

    [MethodImpl(Whole)]
    private static void ScoreTwoBlocks(
        in AttentionHead head, float* query0, float* query1, float* query2, float* query3, float* keys, float* nextKeys, float* scores, nint stride)
    {
        unchecked
        {
            nint size = head.HeadSize;
            TLanes even0 = default, even1 = default, even2 = default, even3 = default, odd0 = default, odd1 = default, odd2 = default, odd3 = default;
            TLanes nextEven0 = default, nextEven1 = default, nextEven2 = default, nextEven3 = default, nextOdd0 = default, nextOdd1 = default, nextOdd2 = default, nextOdd3 = default;
            for (nint i = 0; i < size; i += 2)
            {
                var (even, odd) = (TLanes.Load(keys), TLanes.Load(keys + Block));
                var (nextEven, nextOdd) = (TLanes.Load(nextKeys), TLanes.Load(nextKeys + Block));
                keys += 2 * Block;
                nextKeys += 2 * Block;
                var (first, second) = (TLanes.Broadcast(query0[i]), TLanes.Broadcast(query0[i + 1]));
                even0 = TLanes.MultiplyAdd(even, first, even0);
                nextEven0 = TLanes.MultiplyAdd(nextEven, first, nextEven0);
                odd0 = TLanes.MultiplyAdd(odd, second, odd0);
                nextOdd0 = TLanes.MultiplyAdd(nextOdd, second, nextOdd0);
                (first, second) = (TLanes.Broadcast(query1[i]), TLanes.Broadcast(query1[i + 1]));
                even1 = TLanes.MultiplyAdd(even, first, even1);
                nextEven1 = TLanes.MultiplyAdd(nextEven, first, nextEven1);
                odd1 = TLanes.MultiplyAdd(odd, second, odd1);
                nextOdd1 = TLanes.MultiplyAdd(nextOdd, second, nextOdd1);
                (first, second) = (TLanes.Broadcast(query2[i]), TLanes.Broadcast(query2[i + 1]));
                even2 = TLanes.MultiplyAdd(even, first, even2);
                nextEven2 = TLanes.MultiplyAdd(nextEven, first, nextEven2);
                odd2 = TLanes.MultiplyAdd(odd, second, odd2);
                nextOdd2 = TLanes.MultiplyAdd(nextOdd, second, nextOdd2);
                (first, second) = (TLanes.Broadcast(query3[i]), TLanes.Broadcast(query3[i + 1]));
                even3 = TLanes.MultiplyAdd(even, first, even3);
                nextEven3 = TLanes.MultiplyAdd(nextEven, first, nextEven3);
                odd3 = TLanes.MultiplyAdd(odd, second, odd3);
                nextOdd3 = TLanes.MultiplyAdd(nextOdd, second, nextOdd3);
            }

            TLanes.Store(Finished(even0 + odd0, head), scores);
            TLanes.Store(Finished(nextEven0 + nextOdd0, head), scores + Block);
            TLanes.Store(Finished(even1 + odd1, head), scores + stride);
            TLanes.Store(Finished(nextEven1 + nextOdd1, head), scores + stride + Block);
            TLanes.Store(Finished(even2 + odd2, head), scores + (2 * stride));
            TLanes.Store(Finished(nextEven2 + nextOdd2, head), scores + (2 * stride) + Block);
            TLanes.Store(Finished(even3 + odd3, head), scores + (3 * stride));
            TLanes.Store(Finished(nextEven3 + nextOdd3, head), scores + (3 * stride) + Block);
        }
    }

    /// <summary>Scores of sixteen positions for the queries from <paramref name="i"/> on; <paramref name="scores"/> are those of the first.</summary>
    [MethodImpl(Whole)]
    private static void Score(in AttentionHead head, int i, int queries, float* keys, float* scores, nint stride)
    {
        unchecked
        {
            for (; i + 4 <= queries; i += 4)
            {
                Score<FourRows>(head, head.QueryOf(i), head.QueryOf(i + 1), head.QueryOf(i + 2), head.QueryOf(i + 3), keys, scores + (i * stride), stride);
            }

            for (; i + 2 <= queries; i += 2)
            {
                Score<TwoRows>(head, head.QueryOf(i), head.QueryOf(i + 1), null, null, keys, scores + (i * stride), stride);
            }

            if (i < queries)
            {
                Score<OneRow>(head, head.QueryOf(i), null, null, null, keys, scores + (i * stride), stride);
            }
        }
    }

    [MethodImpl(Whole)]
    private static void Score<TRows>(in AttentionHead head, float* query0, float* query1, float* query2, float* query3, float* keys, float* scores, nint stride)
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
                even0 = TLanes.MultiplyAdd(even, TLanes.Broadcast(query0[i]), even0);
                odd0 = TLanes.MultiplyAdd(odd, TLanes.Broadcast(query0[i + 1]), odd0);
                if (TRows.Count > 1)
                {
                    even1 = TLanes.MultiplyAdd(even, TLanes.Broadcast(query1[i]), even1);
                    odd1 = TLanes.MultiplyAdd(odd, TLanes.Broadcast(query1[i + 1]), odd1);
                }

                if (TRows.Count > 2)
                {
                    even2 = TLanes.MultiplyAdd(even, TLanes.Broadcast(query2[i]), even2);
                    odd2 = TLanes.MultiplyAdd(odd, TLanes.Broadcast(query2[i + 1]), odd2);
                    even3 = TLanes.MultiplyAdd(even, TLanes.Broadcast(query3[i]), even3);
                    odd3 = TLanes.MultiplyAdd(odd, TLanes.Broadcast(query3[i + 1]), odd3);
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

    /// <summary>
    /// Sums of values by weight for up to four queries, 64 numbers of a head at a time. Positions that all of them see are read once for all; those before and behind
    /// belong to some of them only, and are added to theirs alone, in the order of positions as if each query were by itself.
    /// </summary>
    [MethodImpl(Whole)]
    private static void Blend<TRows>(in AttentionHead head, int query, float* weights, nint stride, int firstBlock)
        where TRows : IRowCount
    {
        unchecked
        {
            var start = firstBlock * Block;
            var scales = stackalloc float[TRows.Count];
            for (var i = 0; i < TRows.Count; i++)
            {
                scales[i] = 1 / SoftMax(weights + (i * stride), head.FirstOf(query + i) - start, head.LastOf(query + i) - start, (int)stride);
            }

            var commonEnd = head.LastOf(query) + 1 - start;
            var common = Math.Min(commonEnd, head.FirstOf(query + TRows.Count - 1) - start);
            var sums = stackalloc float[TRows.Count * 4 * Lanes];
            nint width = (head.HeadSize + Lanes - 1) / Lanes * Lanes;
            for (nint column = 0; column < width; column += 4 * Lanes)
            {
                var part = new ValuePart(head.Blocks + firstBlock, head.ValueOffset + column, width, (int)Math.Min(4, (width - column) / Lanes));
                new Span<float>(sums, TRows.Count * 4 * Lanes).Clear();
                for (var i = 0; i < TRows.Count; i++)
                {
                    Add<OneRow>(part, weights + (i * stride), 0, head.FirstOf(query + i) - start, common, sums + (i * 4 * Lanes));
                }

                Add<TRows>(part, weights, stride, common, commonEnd, sums);
                var count = (int)Math.Min(4 * Lanes, head.HeadSize - column);
                for (var i = 0; i < TRows.Count; i++)
                {
                    var sum = sums + (i * 4 * Lanes);
                    Add<OneRow>(part, weights + (i * stride), 0, Math.Max(commonEnd, head.FirstOf(query + i) - start), head.LastOf(query + i) + 1 - start, sum);
                    Write(sum, scales[i], head.OutputOf(query + i) + column, count);
                }
            }
        }
    }

    /// <summary>Adds the values of positions from..end by weight to the sums of up to four queries, 64 floats each.</summary>
    [MethodImpl(Whole)]
    private static void Add<TRows>(in ValuePart part, float* weights, nint stride, int from, int end, float* sums)
        where TRows : IRowCount
    {
        unchecked
        {
            if (from >= end)
            {
                return;
            }

            TLanes a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
            TLanes c0 = default, c1 = default, c2 = default, c3 = default, d0 = default, d1 = default, d2 = default, d3 = default;
            Load(sums, ref a0, ref a1, ref a2, ref a3);
            if (TRows.Count > 1)
            {
                Load(sums + (4 * Lanes), ref b0, ref b1, ref b2, ref b3);
            }

            if (TRows.Count > 2)
            {
                Load(sums + (8 * Lanes), ref c0, ref c1, ref c2, ref c3);
                Load(sums + (12 * Lanes), ref d0, ref d1, ref d2, ref d3);
            }

            for (var position = from; position < end;)
            {
                var values = (float*)part.Blocks[position / Block] + part.Offset + (position % Block * part.Width);
                for (var blockEnd = Math.Min(end, ((position / Block) + 1) * Block); position < blockEnd; position++, values += part.Width)
                {
                    var a = TLanes.Broadcast(weights[position]);
                    var b = TRows.Count > 1 ? TLanes.Broadcast(weights[stride + position]) : default;
                    var c = TRows.Count > 2 ? TLanes.Broadcast(weights[(2 * stride) + position]) : default;
                    var d = TRows.Count > 2 ? TLanes.Broadcast(weights[(3 * stride) + position]) : default;
                    Add<TRows>(values, a, b, c, d, ref a0, ref b0, ref c0, ref d0);
                    if (part.Registers > 1)
                    {
                        Add<TRows>(values + Lanes, a, b, c, d, ref a1, ref b1, ref c1, ref d1);
                    }

                    if (part.Registers > 2)
                    {
                        Add<TRows>(values + (2 * Lanes), a, b, c, d, ref a2, ref b2, ref c2, ref d2);
                    }

                    if (part.Registers > 3)
                    {
                        Add<TRows>(values + (3 * Lanes), a, b, c, d, ref a3, ref b3, ref c3, ref d3);
                    }
                }
            }

            Store(a0, a1, a2, a3, sums);
            if (TRows.Count > 1)
            {
                Store(b0, b1, b2, b3, sums + (4 * Lanes));
            }

            if (TRows.Count > 2)
            {
                Store(c0, c1, c2, c3, sums + (8 * Lanes));
                Store(d0, d1, d2, d3, sums + (12 * Lanes));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TRows>(float* values, TLanes a, TLanes b, TLanes c, TLanes d, ref TLanes sumA, ref TLanes sumB, ref TLanes sumC, ref TLanes sumD)
        where TRows : IRowCount
    {
        var value = TLanes.Load(values);
        sumA = TLanes.MultiplyAdd(value, a, sumA);
        if (TRows.Count > 1)
        {
            sumB = TLanes.MultiplyAdd(value, b, sumB);
        }

        if (TRows.Count > 2)
        {
            sumC = TLanes.MultiplyAdd(value, c, sumC);
            sumD = TLanes.MultiplyAdd(value, d, sumD);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load(float* sums, ref TLanes first, ref TLanes second, ref TLanes third, ref TLanes fourth)
    {
        unchecked
        {
            first = TLanes.Load(sums);
            second = TLanes.Load(sums + Lanes);
            third = TLanes.Load(sums + (2 * Lanes));
            fourth = TLanes.Load(sums + (3 * Lanes));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(TLanes first, TLanes second, TLanes third, TLanes fourth, float* sums)
    {
        unchecked
        {
            TLanes.Store(first, sums);
            TLanes.Store(second, sums + Lanes);
            TLanes.Store(third, sums + (2 * Lanes));
            TLanes.Store(fourth, sums + (3 * Lanes));
        }
    }

    private static void Write(float* sums, float scale, float* output, int count)
    {
        unchecked
        {
            var scales = TLanes.Broadcast(scale);
            for (nint i = 0; i < 4 * Lanes; i += Lanes)
            {
                TLanes.Store(TLanes.Load(sums + i) * scales, sums + i);
            }

            new Span<float>(sums, count).CopyTo(new Span<float>(output, count));
        }
    }

    /// <summary>Up to 64 numbers of a head's values: the cache blocks, the floats from a block's address to them, and those from one position to the next.</summary>
    private readonly struct ValuePart(nint* blocks, nint offset, nint width, int registers)
    {
        public nint* Blocks => blocks;

        public nint Offset => offset;

        public nint Width => width;

        public int Registers => registers;
    }
}
