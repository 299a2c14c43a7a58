using CocoonOrleans.Inference.Cpu;
using CocoonOrleans.Inference.Cpu.Kernels;
using CocoonOrleans.Inference.Cpu.Memory;

namespace CocoonOrleans.Tests.Inference.Cpu.Kernels;

public sealed unsafe class AttentionKernelsTests
{
    public static TheoryData<int, int, int, int, int, float> Cases()
    {
        var data = new TheoryData<int, int, int, int, int, float>();
        for (var kernels = 0; kernels < CpuKernels.Supported.Count; kernels++)
        {
            foreach (var (heads, size, first, last, cap) in ((int, int, int, int, float)[])
                [(1, 64, 0, 0, 0), (3, 64, 0, 15, 0), (4, 8, 0, 16, 0), (2, 32, 0, 77, 0), (7, 80, 5, 40, 0), (1, 128, 31, 33, 50), (5, 12, 17, 17, 0), (3, 96, 16, 64, 20)])
            {
                data.Add(kernels, heads, size, first, last, cap);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Attend_PagedBlocks_IsTheFormulaInDouble(int kernels, int heads, int size, int first, int last, float cap)
    {
        using var stored = new Stored(heads, size, last + 5);

        var output = stored.Attend(CpuKernels.Supported[kernels], first, last, cap);

        var expected = stored.Reference(first, last, cap);
        for (var i = 0; i < output.Length; i++)
        {
            Assert.Equal(expected[i], output[i], 2e-6);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Attend_AnyImplementation_GivesTheBitsOfThePortableOne(int kernels, int heads, int size, int first, int last, float cap)
    {
        using var stored = new Stored(heads, size, last + 5);

        Assert.Equal(stored.Attend(CpuKernels.Supported[^1], first, last, cap), stored.Attend(CpuKernels.Supported[kernels], first, last, cap));
    }

    /// <summary>What reads a key once for several positions gives each the bits that it gets alone: at the start, at the border of a block, and where windows begin.</summary>
    [Theory]
    [InlineData(1, 64, 0, 0, 4)]
    [InlineData(1, 64, 14, 0, 4)]
    [InlineData(1, 96, 40, 0, 3)]
    [InlineData(1, 12, 40, 7, 4)]
    [InlineData(1, 80, 15, 16, 4)]
    [InlineData(1, 64, 30, 2, 4)]
    [InlineData(1, 32, 30, 1, 4)]
    [InlineData(2, 64, 61, 0, 2)]
    [InlineData(2, 32, 61, 20, 2)]
    [InlineData(3, 64, 61, 20, 2)]
    public void Attend_NeighbouringPositions_GivesEachTheBitsThatItGetsAlone(int heads, int size, int last, int window, int positions)
    {
        foreach (var step in (int[])[1, 0])
        {
            using var stored = new Stored(heads, size, last + positions, positions);
            foreach (var kernels in CpuKernels.Supported)
            {
                var alone = Enumerable.Range(0, positions).SelectMany(i => stored.AttendWindow(kernels, last + (i * step), window, 1, step, firstQuery: i)).ToArray();

                Assert.Equal(alone, stored.AttendWindow(kernels, last, window, positions, step));
            }
        }
    }

    /// <summary>Positions behind the last one are other people's, or none: whatever stands there takes no part.</summary>
    [Fact]
    public void Attend_NoNumbersBehindTheLastPosition_TakeNoPart()
    {
        using var stored = new Stored(3, 32, 20);
        var expected = stored.Attend(CpuKernels.Best, 3, 20, 0);
        stored.Fill(positions: 21..25, float.NaN);
        stored.Fill(positions: 0..3, float.NaN);

        foreach (var kernels in CpuKernels.Supported)
        {
            Assert.Equal(expected, stored.Attend(kernels, 3, 20, 0));
        }
    }

    private sealed class Stored : IDisposable
    {
        private const int Layer = 1;
        private const int Shared = 1;
        private readonly CpuKeyValueCache _cache;
        private readonly NativeBlock _addresses = new(1024);
        private readonly NativeBlock _numbers = new(1 << 16);
        private readonly float[][] _keys;
        private readonly float[][] _values;
        private readonly float[] _queries;
        private readonly int _heads;
        private readonly int _size;

        public Stored(int heads, int size, int positions, int queries = 1)
        {
            (_heads, _size) = (heads, size);
            var random = new Random(size + positions);
            float[] Random(int count, float range) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() - 0.5f) * 2 * range)];
            _cache = new CpuKeyValueCache(layers: 2, heads: 3, size, blocks: 20);
            _queries = Random(queries * heads * size, 2);
            _keys = [.. Enumerable.Range(0, positions).Select(_ => Random(size, 1))];
            _values = [.. Enumerable.Range(0, positions).Select(_ => Random(size, 1))];
            for (var block = 0; block < 10; block++)
            {
                // Not in their order.
                *_addresses.Pointer<nint>(1, block) = (nint)_cache.Address(block * 7 % 20);
            }

            for (var position = 0; position < positions; position++)
            {
                Store(position, _keys[position], _values[position]);
            }
        }

        public void Fill(Range positions, float value)
        {
            var (start, end) = (positions.Start.Value, positions.End.Value);
            for (var position = start; position < end; position++)
            {
                Store(position, [.. Enumerable.Repeat(value, _size)], [.. Enumerable.Repeat(value, _size)]);
            }
        }

        public float[] Attend(CpuKernels kernels, int first, int last, float cap) => AttendWindow(kernels, last, first == 0 ? 0 : last - first + 1, 1, step: 1, cap: cap);

        public float[] AttendWindow(CpuKernels kernels, int last, int window, int positions, int step, float cap = 0, int firstQuery = 0)
        {
            using var output = new NativeBlock(positions * _heads * _size * sizeof(float));
            using var scores = new NativeBlock(positions * _heads * 256 * sizeof(float));
            _queries.CopyTo(new Span<float>(_numbers.Pointer<float>(_queries.Length), _queries.Length));
            var head = new AttentionHead
            {
                Queries = _numbers.Pointer<float>(1, firstQuery * _heads * _size),
                QueryStride = _heads * _size,
                Output = output.Pointer<float>(1),
                OutputStride = _heads * _size,
                Blocks = _addresses.Pointer<nint>(1),
                KeyOffset = _cache.KeyOffset(Layer, Shared),
                ValueOffset = _cache.ValueOffset(Layer, Shared),
                Heads = _heads,
                HeadSize = _size,
                Positions = positions,
                Last = last,
                LastStep = step,
                Window = window,
                Scale = 0.3f,
                SoftCap = cap,
            };
            kernels.Attend(head, scores.Pointer<float>(1));
            return new ReadOnlySpan<float>(output.Pointer<float>(positions * _heads * _size), positions * _heads * _size).ToArray();
        }

        public double[] Reference(int first, int last, float cap)
        {
            var result = new double[_heads * _size];
            for (var head = 0; head < _heads; head++)
            {
                var scores = new double[last + 1];
                for (var position = first; position <= last; position++)
                {
                    var score = Enumerable.Range(0, _size).Sum(i => (double)_queries[(head * _size) + i] * _keys[position][i]) * 0.3;
                    scores[position] = cap == 0 ? score : cap * Math.Tanh(score / cap);
                }

                var largest = scores[first..].Max();
                var weights = scores.Select((score, position) => position < first ? 0 : Math.Exp(score - largest)).ToArray();
                for (var i = 0; i < _size; i++)
                {
                    result[(head * _size) + i] = Enumerable.Range(first, last + 1 - first).Sum(position => weights[position] * _values[position][i]) / weights.Sum();
                }
            }

            return result;
        }

        public void Dispose()
        {
            _cache.Dispose();
            _addresses.Dispose();
            _numbers.Dispose();
        }

        private void Store(int position, float[] keys, float[] values)
        {
            // Three heads; the tested one is in the middle.
            var numbers = new float[6 * _size];
            keys.CopyTo(numbers, _size);
            values.CopyTo(numbers, 4 * _size);
            fixed (float* start = numbers)
            {
                _cache.Store((float*)*_addresses.Pointer<nint>(1, position / 16), position % 16, Layer, start, start + (3 * _size));
            }
        }
    }
}
