using CocoonOrleans.Inference.Cpu.Kernels;
using CocoonOrleans.Inference.Cpu.Weights;

namespace CocoonOrleans.Tests.Inference.Cpu.Kernels;

public sealed unsafe class MatrixKernelsTests
{
    private static CpuKernels Portable => CpuKernels.Supported[^1];

    public static TheoryData<string, int, int, int, int> Cases()
    {
        var data = new TheoryData<string, int, int, int, int>();
        foreach (var format in Enum.GetNames<WeightFormat>())
        {
            for (var kernels = 0; kernels < CpuKernels.Supported.Count; kernels++)
            {
                foreach (var (rows, columns, activationRows) in ((int, int, int)[])[(16, 32, 1), (1, 1, 1), (17, 33, 2), (100, 96, 3), (48, 768, 4), (31, 65, 5), (33, 40, 7), (64, 256, 8), (16, 64, 21)])
                {
                    data.Add(format, kernels, rows, columns, activationRows);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Multiply_AnyShape_IsTheProductInDouble(string format, int kernels, int rows, int columns, int activationRows)
    {
        using var operands = Random(Enum.Parse<WeightFormat>(format), rows, columns, activationRows);

        var product = operands.Multiply(CpuKernels.Supported[kernels]);

        AssertClose(operands.Reference(CpuKernels.Supported[kernels]), product);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Multiply_AnyImplementation_GivesTheBitsOfThePortableOne(string format, int kernels, int rows, int columns, int activationRows)
    {
        using var operands = Random(Enum.Parse<WeightFormat>(format), rows, columns, activationRows);

        Assert.Equal(operands.Multiply(Portable), operands.Multiply(CpuKernels.Supported[kernels]));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Multiply_RowsAlone_GivesTheBitsOfAllTogether(string format, int kernels, int rows, int columns, int activationRows)
    {
        using var operands = Random(Enum.Parse<WeightFormat>(format), rows, columns, activationRows);
        var together = operands.Multiply(CpuKernels.Supported[kernels]);

        var alone = Enumerable.Range(0, activationRows).SelectMany(row => operands.Multiply(CpuKernels.Supported[kernels], row, 1));

        Assert.Equal(together, alone);
    }

    [Theory]
    [InlineData(127f)]
    [InlineData(-127f)]
    [InlineData(3e30f)]
    [InlineData(1e-20f)]
    public void Multiply_ExtremesOfBothSigns_NeverSaturates(float extreme)
    {
        foreach (var format in Enum.GetValues<WeightFormat>())
        {
            // Whole groups at the largest integer, of equal and of different signs: what would break 16-bit sums first.
            using var same = new Operands(format, 32, 128, 5, (_, _) => extreme, (_, _) => -1e4f);
            using var mixed = new Operands(format, 32, 128, 5, (row, column) => (row + column) % 2 == 0 ? extreme : -extreme, (row, column) => (row + column) % 3 == 0 ? 5f : -5f);
            foreach (var kernels in CpuKernels.Supported)
            {
                AssertClose(same.Reference(kernels), same.Multiply(kernels));
                AssertClose(mixed.Reference(kernels), mixed.Multiply(kernels));
            }
        }
    }

    [Fact]
    public void Multiply_Zeros_GiveZero()
    {
        foreach (var format in Enum.GetValues<WeightFormat>())
        {
            using var noWeights = new Operands(format, 20, 40, 3, (_, _) => 0, (_, _) => 1);
            using var noActivations = new Operands(format, 20, 40, 3, (_, _) => 1, (_, _) => 0);
            foreach (var kernels in CpuKernels.Supported)
            {
                Assert.All(noWeights.Multiply(kernels), value => Assert.Equal(0f, value));
                Assert.All(noActivations.Multiply(kernels), value => Assert.Equal(0f, value));
            }
        }
    }

    [Fact]
    public void Multiply_Add_AddsToWhatIsThere()
    {
        foreach (var format in Enum.GetValues<WeightFormat>())
        {
            using var operands = Random(format, 40, 64, 7);
            foreach (var kernels in CpuKernels.Supported)
            {
                var once = operands.Multiply(kernels);

                Assert.Equal(once.Select(value => value + value), operands.Multiply(kernels, add: true));
            }
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Multiply_ActivationThatIsNoNumber_StaysNone(float bad)
    {
        foreach (var format in Enum.GetValues<WeightFormat>())
        {
            using var operands = new Operands(format, 16, 64, 2, (_, _) => 1, (row, column) => row == 1 && column == 40 ? bad : 1);
            foreach (var kernels in CpuKernels.Supported)
            {
                var product = operands.Multiply(kernels);

                Assert.All(product[..16], value => Assert.True(float.IsFinite(value)));
                Assert.All(product[16..], value => Assert.False(float.IsFinite(value)));
            }
        }
    }

    [Fact]
    public void Quantize_AnyImplementation_GivesTheBitsOfThePortableOne()
    {
        using var operands = Random(WeightFormat.Int8, 16, 320, 4);
        var expected = Quantized(Portable);

        Assert.All(CpuKernels.Supported, kernels => Assert.Equal(expected, Quantized(kernels)));
        Assert.Contains(expected, value => value is 127 or -127);

        List<double> Quantized(CpuKernels kernels)
        {
            var all = new List<double>();
            for (var row = 0; row < 4; row++)
            {
                kernels.Quantize(operands.Activations, row);
                for (var i = 0; i < 320; i++)
                {
                    all.Add(operands.Activations.Quantized(row)[i]);
                }

                for (var i = 0; i < 10; i++)
                {
                    all.Add(operands.Activations.Scales(row)[i]);
                    all.Add(operands.Activations.Sums(row)[i]);
                    Assert.Equal(operands.Activations.Sums(row)[i], all.Slice((row * 340) + (i * 32), 32).Sum());
                }
            }

            return all;
        }
    }

    private static Operands Random(WeightFormat format, int rows, int columns, int activationRows)
    {
        var random = new Random(rows + (1000 * columns));
        // Groups of very different sizes, so that a wrong scale is seen.
        float Next(int column) => (float)(random.NextDouble() - 0.5) * MathF.Pow(10, (column / 32 % 5) - 2);
        return new Operands(format, rows, columns, activationRows, (_, column) => Next(column), (_, column) => Next(column));
    }

    private static void AssertClose((double Value, double Magnitude)[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < actual.Length; i++)
        {
            Assert.True(Math.Abs(expected[i].Value - actual[i]) <= expected[i].Magnitude * 2e-6, $"number {i} is {actual[i]}, not {expected[i].Value}");
        }
    }
}
