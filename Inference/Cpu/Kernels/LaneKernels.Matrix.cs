using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using CocoonOrleans.Inference.Cpu.Weights;

namespace CocoonOrleans.Inference.Cpu.Kernels;

/// <summary>
/// Products of weight tiles with up to four activation rows at once. More rows meet a tile row while it is in the caches. Sums of floats are kept apart
/// for even and odd columns; integer sums are exact inside a group of 32 columns.
/// </summary>
internal sealed unsafe partial class LaneKernels<TLanes>
{
    private const int PrefetchBytes = 2048;
    private const int NearPrefetchBytes = 512;

    /// <summary>Up to so many rows memory is what takes the time, and one stream of it is read faster than two.</summary>
    private const int FewRows = 8;

    /// <summary>Activations that stay in the second cache while tiles go by (measured: fewer are slower, since then weights are read again more often).</summary>
    private const int ActivationBytes = 128 << 10;

    [MethodImpl(Whole)]
    public override void Multiply(WeightMatrix matrix, in Activations activations, int rows, float* product, nint stride, bool add, int firstTile, int endTile)
    {
        unchecked
        {
            var rowBytes = matrix.PaddedColumns * (matrix.IsScaled ? sizeof(sbyte) : sizeof(float));
            var blockRows = Math.Max(4, ActivationBytes / rowBytes / 4 * 4);
            var wide = fourRows && matrix.Format != WeightFormat.Int8 && rows > FewRows;
            for (var row = 0; row < rows; row += blockRows)
            {
                var end = Math.Min(rows, row + blockRows);
                var tile = firstTile;
                for (; wide && end - row >= 4 && tile + 2 <= endTile; tile += 2)
                {
                    MultiplyTwoTiles(matrix, activations, row, end, product, stride, add, tile);
                }

                for (; tile < endTile; tile++)
                {
                    Multiply(matrix, activations, row, end, product, stride, add, tile);
                }
            }
        }
    }

    /// <summary>Four rows and two tile rows at a time: what is read of either serves twice. What is left of the rows goes tile by tile.</summary>
    private void MultiplyTwoTiles(WeightMatrix matrix, in Activations activations, int row, int end, float* product, nint stride, bool add, int tile)
    {
        unchecked
        {
            var y = product + ((nint)tile * Lanes);
            for (; row + 4 <= end; row += 4)
            {
                switch (matrix.Format)
                {
                    case WeightFormat.Float32:
                        MultiplyTwoTiles<Float32Columns<TLanes>>(matrix.Tile(tile), matrix.TileBytes, matrix.PaddedColumns, activations.Values(row), activations.Stride, y + (row * stride), stride, add);
                        break;
                    case WeightFormat.BFloat16:
                        MultiplyTwoTiles<BFloat16Columns<TLanes>>(matrix.Tile(tile), matrix.TileBytes, matrix.PaddedColumns, activations.Values(row), activations.Stride, y + (row * stride), stride, add);
                        break;
                    default:
                        MultiplyTwoTilesInt4(matrix, tile, activations, row, y + (row * stride), stride, add);
                        break;
                }
            }

            if (row < end)
            {
                Multiply(matrix, activations, row, end, product, stride, add, tile);
                Multiply(matrix, activations, row, end, product, stride, add, tile + 1);
            }
        }
    }

    [MethodImpl(Whole)]
    private void Multiply(WeightMatrix matrix, in Activations activations, int row, int end, float* product, nint stride, bool add, int tile)
    {
        unchecked
        {
            var four = fourRows || matrix.Format == WeightFormat.Int8;
            var weights = matrix.Tile(tile);
            var scales = matrix.IsScaled ? matrix.Scales(tile) : null;
            var y = product + ((nint)tile * Lanes);
            for (; four && row + 4 <= end; row += 4)
            {
                Multiply<FourRows>(matrix, weights, scales, activations, row, y, stride, add);
            }

            for (; row + 2 <= end; row += 2)
            {
                Multiply<TwoRows>(matrix, weights, scales, activations, row, y, stride, add);
            }

            if (row < end)
            {
                Multiply<OneRow>(matrix, weights, scales, activations, row, y, stride, add);
            }
        }
    }

    private static void Multiply<TRows>(WeightMatrix matrix, byte* weights, ushort* scales, in Activations x, int row, float* y, nint stride, bool add)
        where TRows : IRowCount
    {
        unchecked
        {
            y += row * stride;
            switch (matrix.Format)
            {
                case WeightFormat.Float32:
                    MultiplyFloats<Float32Columns<TLanes>, TRows>(weights, matrix.PaddedColumns, x.Values(row), x.Stride, y, stride, add);
                    break;
                case WeightFormat.BFloat16:
                    MultiplyFloats<BFloat16Columns<TLanes>, TRows>(weights, matrix.PaddedColumns, x.Values(row), x.Stride, y, stride, add);
                    break;
                case WeightFormat.Int8:
                    MultiplyInt8<TRows>(weights, scales, matrix.Groups, x.Quantized(row), x.Stride, x.Scales(row), x.Sums(row), x.Groups, y, stride, add);
                    break;
                default:
                    MultiplyInt4<TRows>(weights, scales, matrix.Groups, x.Quantized(row), x.Stride, x.Scales(row), x.Sums(row), x.Groups, y, stride, add);
                    break;
            }
        }
    }

    [MethodImpl(Whole)]
    private static void MultiplyFloats<TColumns, TRows>(byte* weights, int columns, float* x, nint xStride, float* y, nint stride, bool add)
        where TColumns : IColumnPair<TLanes>
        where TRows : IRowCount
    {
        unchecked
        {
            TLanes even0 = default, even1 = default, even2 = default, even3 = default, odd0 = default, odd1 = default, odd2 = default, odd3 = default;
            var x1 = x + xStride;
            var x2 = x1 + xStride;
            var x3 = x2 + xStride;
            for (nint column = 0; column < columns; column += 2)
            {
                Prefetch(weights + PrefetchBytes);
                if (TColumns.Bytes > 64)
                {
                    Prefetch(weights + PrefetchBytes + 64);
                }

                TColumns.Load(weights, out var even, out var odd);
                weights += TColumns.Bytes;
                even0 = TLanes.MultiplyAdd(even, TLanes.Broadcast(x[column]), even0);
                odd0 = TLanes.MultiplyAdd(odd, TLanes.Broadcast(x[column + 1]), odd0);
                if (TRows.Count > 1)
                {
                    even1 = TLanes.MultiplyAdd(even, TLanes.Broadcast(x1[column]), even1);
                    odd1 = TLanes.MultiplyAdd(odd, TLanes.Broadcast(x1[column + 1]), odd1);
                }

                if (TRows.Count > 2)
                {
                    even2 = TLanes.MultiplyAdd(even, TLanes.Broadcast(x2[column]), even2);
                    odd2 = TLanes.MultiplyAdd(odd, TLanes.Broadcast(x2[column + 1]), odd2);
                    even3 = TLanes.MultiplyAdd(even, TLanes.Broadcast(x3[column]), even3);
                    odd3 = TLanes.MultiplyAdd(odd, TLanes.Broadcast(x3[column + 1]), odd3);
                }
            }

            Write<TRows>(even0 + odd0, even1 + odd1, even2 + odd2, even3 + odd3, y, stride, add);
        }
    }

    [MethodImpl(Whole)]
    private static void MultiplyTwoTiles<TColumns>(byte* weights, long tileBytes, int columns, float* x, nint xStride, float* y, nint stride, bool add)
        where TColumns : IColumnPair<TLanes>
    {
        unchecked
        {
            TLanes even0 = default, even1 = default, even2 = default, even3 = default, odd0 = default, odd1 = default, odd2 = default, odd3 = default;
            TLanes nextEven0 = default, nextEven1 = default, nextEven2 = default, nextEven3 = default, nextOdd0 = default, nextOdd1 = default, nextOdd2 = default, nextOdd3 = default;
            var next = weights + tileBytes;
            var x1 = x + xStride;
            var x2 = x1 + xStride;
            var x3 = x2 + xStride;
            for (nint column = 0; column < columns; column += 2)
            {
                Prefetch(weights + NearPrefetchBytes);
                Prefetch(next + NearPrefetchBytes);
                TColumns.Load(weights, out var even, out var odd);
                TColumns.Load(next, out var nextEven, out var nextOdd);
                weights += TColumns.Bytes;
                next += TColumns.Bytes;
                var (evenX, oddX) = (TLanes.Broadcast(x[column]), TLanes.Broadcast(x[column + 1]));
                even0 = TLanes.MultiplyAdd(even, evenX, even0);
                nextEven0 = TLanes.MultiplyAdd(nextEven, evenX, nextEven0);
                odd0 = TLanes.MultiplyAdd(odd, oddX, odd0);
                nextOdd0 = TLanes.MultiplyAdd(nextOdd, oddX, nextOdd0);
                (evenX, oddX) = (TLanes.Broadcast(x1[column]), TLanes.Broadcast(x1[column + 1]));
                even1 = TLanes.MultiplyAdd(even, evenX, even1);
                nextEven1 = TLanes.MultiplyAdd(nextEven, evenX, nextEven1);
                odd1 = TLanes.MultiplyAdd(odd, oddX, odd1);
                nextOdd1 = TLanes.MultiplyAdd(nextOdd, oddX, nextOdd1);
                (evenX, oddX) = (TLanes.Broadcast(x2[column]), TLanes.Broadcast(x2[column + 1]));
                even2 = TLanes.MultiplyAdd(even, evenX, even2);
                nextEven2 = TLanes.MultiplyAdd(nextEven, evenX, nextEven2);
                odd2 = TLanes.MultiplyAdd(odd, oddX, odd2);
                nextOdd2 = TLanes.MultiplyAdd(nextOdd, oddX, nextOdd2);
                (evenX, oddX) = (TLanes.Broadcast(x3[column]), TLanes.Broadcast(x3[column + 1]));
                even3 = TLanes.MultiplyAdd(even, evenX, even3);
                nextEven3 = TLanes.MultiplyAdd(nextEven, evenX, nextEven3);
                odd3 = TLanes.MultiplyAdd(odd, oddX, odd3);
                nextOdd3 = TLanes.MultiplyAdd(nextOdd, oddX, nextOdd3);
            }

            Write<FourRows>(even0 + odd0, even1 + odd1, even2 + odd2, even3 + odd3, y, stride, add);
            Write<FourRows>(nextEven0 + nextOdd0, nextEven1 + nextOdd1, nextEven2 + nextOdd2, nextEven3 + nextOdd3, y + Lanes, stride, add);
        }
    }

    [MethodImpl(Whole)]
    private static void MultiplyInt8<TRows>(
        byte* weights, ushort* scales, int groups, sbyte* x, nint xStride, float* xScales, int* sums, nint groupStride, float* y, nint stride, bool add)
        where TRows : IRowCount
    {
        unchecked
        {
            TLanes y0 = default, y1 = default, y2 = default, y3 = default;
            for (nint group = 0; group < groups; group++)
            {
                var sum0 = TLanes.BeginDot(sums[group]);
                var sum1 = TRows.Count > 1 ? TLanes.BeginDot(sums[groupStride + group]) : default;
                var sum2 = TRows.Count > 2 ? TLanes.BeginDot(sums[(2 * groupStride) + group]) : default;
                var sum3 = TRows.Count > 2 ? TLanes.BeginDot(sums[(3 * groupStride) + group]) : default;
                for (var end = x + WeightMatrix.GroupColumns; x < end; x += 8)
                {
                    Prefetch(weights + PrefetchBytes);
                    Prefetch(weights + PrefetchBytes + 64);
                    var first = TLanes.LoadInt8(weights);
                    var second = TLanes.LoadInt8(weights + 64);
                    weights += 128;
                    sum0 = TLanes.Dot(TLanes.Dot(sum0, first, TLanes.BroadcastFour(x)), second, TLanes.BroadcastFour(x + 4));
                    if (TRows.Count > 1)
                    {
                        sum1 = TLanes.Dot(TLanes.Dot(sum1, first, TLanes.BroadcastFour(x + xStride)), second, TLanes.BroadcastFour(x + xStride + 4));
                    }

                    if (TRows.Count > 2)
                    {
                        sum2 = TLanes.Dot(TLanes.Dot(sum2, first, TLanes.BroadcastFour(x + (2 * xStride))), second, TLanes.BroadcastFour(x + (2 * xStride) + 4));
                        sum3 = TLanes.Dot(TLanes.Dot(sum3, first, TLanes.BroadcastFour(x + (3 * xStride))), second, TLanes.BroadcastFour(x + (3 * xStride) + 4));
                    }
                }

                var scale = TLanes.LoadBFloat16(scales + (group * Lanes));
                y0 = TLanes.MultiplyAdd(TLanes.ToFloats(sum0), scale * TLanes.Broadcast(xScales[group]), y0);
                if (TRows.Count > 1)
                {
                    y1 = TLanes.MultiplyAdd(TLanes.ToFloats(sum1), scale * TLanes.Broadcast(xScales[groupStride + group]), y1);
                }

                if (TRows.Count > 2)
                {
                    y2 = TLanes.MultiplyAdd(TLanes.ToFloats(sum2), scale * TLanes.Broadcast(xScales[(2 * groupStride) + group]), y2);
                    y3 = TLanes.MultiplyAdd(TLanes.ToFloats(sum3), scale * TLanes.Broadcast(xScales[(3 * groupStride) + group]), y3);
                }
            }

            Write<TRows>(y0, y1, y2, y3, y, stride, add);
        }
    }

    [MethodImpl(Whole)]
    private static void MultiplyInt4<TRows>(
        byte* weights, ushort* scales, int groups, sbyte* x, nint xStride, float* xScales, int* sums, nint groupStride, float* y, nint stride, bool add)
        where TRows : IRowCount
    {
        unchecked
        {
            TLanes y0 = default, y1 = default, y2 = default, y3 = default;
            for (nint group = 0; group < groups; group++)
            {
                TLanes sum0 = default, sum1 = default, sum2 = default, sum3 = default;
                for (var end = x + WeightMatrix.GroupColumns; x < end; x += 8)
                {
                    Prefetch(weights + PrefetchBytes);
                    var both = TLanes.Load(weights);
                    var (low, high) = (TLanes.LowNibbles(both), TLanes.HighNibbles(both));
                    weights += 64;
                    sum0 = TLanes.NibbleDot(TLanes.NibbleDot(sum0, low, TLanes.BroadcastFour(x)), high, TLanes.BroadcastFour(x + 4));
                    if (TRows.Count > 1)
                    {
                        sum1 = TLanes.NibbleDot(TLanes.NibbleDot(sum1, low, TLanes.BroadcastFour(x + xStride)), high, TLanes.BroadcastFour(x + xStride + 4));
                    }

                    if (TRows.Count > 2)
                    {
                        sum2 = TLanes.NibbleDot(TLanes.NibbleDot(sum2, low, TLanes.BroadcastFour(x + (2 * xStride))), high, TLanes.BroadcastFour(x + (2 * xStride) + 4));
                        sum3 = TLanes.NibbleDot(TLanes.NibbleDot(sum3, low, TLanes.BroadcastFour(x + (3 * xStride))), high, TLanes.BroadcastFour(x + (3 * xStride) + 4));
                    }
                }

                var scale = TLanes.LoadBFloat16(scales + (group * Lanes));
                y0 = AddGroup(y0, sum0, sums[group], scale, xScales[group]);
                if (TRows.Count > 1)
                {
                    y1 = AddGroup(y1, sum1, sums[groupStride + group], scale, xScales[groupStride + group]);
                }

                if (TRows.Count > 2)
                {
                    y2 = AddGroup(y2, sum2, sums[(2 * groupStride) + group], scale, xScales[(2 * groupStride) + group]);
                    y3 = AddGroup(y3, sum3, sums[(3 * groupStride) + group], scale, xScales[(3 * groupStride) + group]);
                }
            }

            Write<TRows>(y0, y1, y2, y3, y, stride, add);
        }
    }

    [MethodImpl(Whole)]
    private static void MultiplyTwoTilesInt4(WeightMatrix matrix, int tile, in Activations activations, int row, float* y, nint stride, bool add)
    {
        unchecked
        {
            var weights = matrix.Tile(tile);
            var next = matrix.Tile(tile + 1);
            var scales = matrix.Scales(tile);
            var nextScales = matrix.Scales(tile + 1);
            var x = activations.Quantized(row);
            var x1 = activations.Quantized(row + 1);
            var x2 = activations.Quantized(row + 2);
            var x3 = activations.Quantized(row + 3);
            var xScales = activations.Scales(row);
            var sums = activations.Sums(row);
            nint groups = matrix.Groups;
            nint groupStride = activations.Groups;
            TLanes y0 = default, y1 = default, y2 = default, y3 = default, nextY0 = default, nextY1 = default, nextY2 = default, nextY3 = default;
            for (nint group = 0, column = 0; group < groups; group++)
            {
                TLanes sum0 = default, sum1 = default, sum2 = default, sum3 = default, next0 = default, next1 = default, next2 = default, next3 = default;
                for (var end = column + WeightMatrix.GroupColumns; column < end; column += 8)
                {
                    Prefetch(weights + NearPrefetchBytes);
                    Prefetch(next + NearPrefetchBytes);
                    var (both, nextBoth) = (TLanes.Load(weights), TLanes.Load(next));
                    weights += 64;
                    next += 64;
                    var (low, high) = (TLanes.LowNibbles(both), TLanes.HighNibbles(both));
                    var (nextLow, nextHigh) = (TLanes.LowNibbles(nextBoth), TLanes.HighNibbles(nextBoth));
                    NibbleDots(low, high, nextLow, nextHigh, x + column, ref sum0, ref next0);
                    NibbleDots(low, high, nextLow, nextHigh, x1 + column, ref sum1, ref next1);
                    NibbleDots(low, high, nextLow, nextHigh, x2 + column, ref sum2, ref next2);
                    NibbleDots(low, high, nextLow, nextHigh, x3 + column, ref sum3, ref next3);
                }

                var scale = TLanes.LoadBFloat16(scales + (group * Lanes));
                var nextScale = TLanes.LoadBFloat16(nextScales + (group * Lanes));
                AddGroups(ref y0, ref nextY0, sum0, next0, sums + group, scale, nextScale, xScales[group]);
                AddGroups(ref y1, ref nextY1, sum1, next1, sums + groupStride + group, scale, nextScale, xScales[groupStride + group]);
                AddGroups(ref y2, ref nextY2, sum2, next2, sums + (2 * groupStride) + group, scale, nextScale, xScales[(2 * groupStride) + group]);
                AddGroups(ref y3, ref nextY3, sum3, next3, sums + (3 * groupStride) + group, scale, nextScale, xScales[(3 * groupStride) + group]);
            }

            Write<FourRows>(y0, y1, y2, y3, y, stride, add);
            Write<FourRows>(nextY0, nextY1, nextY2, nextY3, y + Lanes, stride, add);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void NibbleDots(TLanes low, TLanes high, TLanes nextLow, TLanes nextHigh, sbyte* x, ref TLanes sum, ref TLanes nextSum)
    {
        unchecked
        {
            var (first, second) = (TLanes.BroadcastFour(x), TLanes.BroadcastFour(x + 4));
            sum = TLanes.NibbleDot(TLanes.NibbleDot(sum, low, first), high, second);
            nextSum = TLanes.NibbleDot(TLanes.NibbleDot(nextSum, nextLow, first), nextHigh, second);
        }
    }

    /// <summary>As <see cref="AddGroup"/>, for two tiles that share an activation row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddGroups(ref TLanes y, ref TLanes nextY, TLanes sums, TLanes nextSums, int* activations, TLanes scale, TLanes nextScale, float activationScale)
    {
        var tooMuch = TLanes.ShiftLeft(TLanes.BroadcastFour((sbyte*)activations), 3);
        var shared = TLanes.Broadcast(activationScale);
        y = TLanes.MultiplyAdd(TLanes.ToFloats(TLanes.SubtractInts(TLanes.EndNibbleDot(sums), tooMuch)), scale * shared, y);
        nextY = TLanes.MultiplyAdd(TLanes.ToFloats(TLanes.SubtractInts(TLanes.EndNibbleDot(nextSums), tooMuch)), nextScale * shared, nextY);
    }

    /// <summary>Stored weights are 8 too large: so many times the activations' sum goes off again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes AddGroup(TLanes y, TLanes sums, int activations, TLanes scale, float activationScale)
    {
        var exact = TLanes.SubtractInts(TLanes.EndNibbleDot(sums), TLanes.Broadcast(unchecked(8 * activations)));
        return TLanes.MultiplyAdd(TLanes.ToFloats(exact), scale * TLanes.Broadcast(activationScale), y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write<TRows>(TLanes y0, TLanes y1, TLanes y2, TLanes y3, float* y, nint stride, bool add)
        where TRows : IRowCount
    {
        unchecked
        {
            TLanes.Store(add ? TLanes.Load(y) + y0 : y0, y);
            if (TRows.Count > 1)
            {
                y += stride;
                TLanes.Store(add ? TLanes.Load(y) + y1 : y1, y);
            }

            if (TRows.Count > 2)
            {
                y += stride;
                TLanes.Store(add ? TLanes.Load(y) + y2 : y2, y);
                y += stride;
                TLanes.Store(add ? TLanes.Load(y) + y3 : y3, y);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(void* address)
    {
        // Past the end of a block this does nothing.
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(address);
        }
    }
}
