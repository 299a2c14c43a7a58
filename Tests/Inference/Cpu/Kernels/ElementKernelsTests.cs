using System.Runtime.Intrinsics;
using CocoonOrleans.Inference.Cpu.Kernels;
using CocoonOrleans.Inference.Cpu.Memory;
using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Tests.Inference.Cpu.Kernels;

public sealed unsafe class ElementKernelsTests
{
    public static TheoryData<int, int> Sizes()
    {
        var data = new TheoryData<int, int>();
        for (var kernels = 0; kernels < CpuKernels.Supported.Count; kernels++)
        {
            foreach (var count in (int[])[1, 8, 15, 16, 33, 64, 300])
            {
                data.Add(kernels, count);
            }
        }

        return data;
    }

    [Fact]
    public void Exp_WholeRange_IsWithinThreeTenMillionths()
    {
        var worst = 0d;
        for (var x = -87f; x <= 88f; x += 0.00073f)
        {
            var exact = Math.Exp(x);
            worst = Math.Max(worst, Math.Abs(Exp(x) - exact) / exact);
        }

        Assert.InRange(worst, 1e-9, 3e-7);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-1000, 1.6458115e-38)]
    [InlineData(1000, 1.6516363e38)]
    [InlineData(float.NegativeInfinity, 1.6458115e-38)]
    public void Exp_BeyondItsRange_IsThatOfTheEnd(float x, double expected) => Assert.Equal(1, Exp(x) / expected, 1e-5);

    [Fact]
    public void Exp_OfNoNumber_IsNone() => Assert.True(float.IsNaN(Exp(float.NaN)));

    [Fact]
    public void Gelu_WholeRange_IsTheExactFormWithinItsError()
    {
        // Phi by its series (A&S 26.2.10), which converges quickly where it is not 0 or 1 in a float.
        static double Phi(double x)
        {
            var (sum, term) = (x, x);
            for (var i = 1; i < 200; i++)
            {
                term *= -x * x / (2 * i);
                sum += term / ((2 * i) + 1);
            }

            return 0.5 + (sum / Math.Sqrt(2 * Math.PI));
        }

        using var x = Numbers(1, 16, 4);
        using var y = Numbers(2, 16, 4);
        foreach (var kernels in CpuKernels.Supported)
        {
            for (var first = -5.5f; first < 5.5f; first += 0.11f)
            {
                for (var i = 0; i < 16; i++)
                {
                    Pointer(x)[i] = first + (i * 0.0069f);
                }

                kernels.Gelu(Pointer(x), 16, Pointer(y));
                for (var i = 0; i < 16; i++)
                {
                    Assert.Equal(At(x, i) * Phi(At(x, i)), At(y, i), 3e-7 * Math.Max(1, Math.Abs(At(x, i))));
                }
            }
        }
    }

    [Theory]
    [InlineData(40, 40)]
    [InlineData(-40, 0)]
    [InlineData(float.NaN, float.NaN)]
    public void Gelu_FarOut_IsItsLimit(float number, float expected)
    {
        using var x = Numbers(1, 16, 4);
        using var y = Numbers(2, 16, 4);
        Pointer(x)[3] = number;
        foreach (var kernels in CpuKernels.Supported)
        {
            kernels.Gelu(Pointer(x), 5, Pointer(y));

            Assert.Equal(expected, At(y, 3), 1e-6f);
            Assert.All(Enumerable.Range(5, 11), i => Assert.Equal(0, At(y, i)));
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void LayerNorm_AnySize_IsTheFormulaInDouble(int kernels, int count)
    {
        using var x = Numbers(1, count, 4);
        using var weight = Numbers(2, count, 1);
        using var bias = Numbers(3, count, 1);
        using var y = Numbers(4, count + 4, 1);
        var after = At(y, count);
        var mean = Enumerable.Range(0, count).Average(i => (double)At(x, i));
        var variance = Enumerable.Range(0, count).Average(i => (At(x, i) - mean) * (At(x, i) - mean));

        CpuKernels.Supported[kernels].LayerNorm(Pointer(x), Pointer(weight), Pointer(bias), count, 1e-5f, Pointer(y));

        for (var i = 0; i < count; i++)
        {
            Assert.Equal(((At(x, i) - mean) / Math.Sqrt(variance + 1e-5) * At(weight, i)) + At(bias, i), At(y, i), 3e-6);
        }

        Assert.Equal(after, At(y, count));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void RmsNorm_AnySize_IsTheFormulaInDouble(int kernels, int count)
    {
        using var x = Numbers(1, count, 4);
        using var weight = Numbers(2, count, 1);
        using var y = Numbers(3, count + 4, 1);
        var mean = Enumerable.Range(0, count).Average(i => (double)At(x, i) * At(x, i));

        CpuKernels.Supported[kernels].RmsNorm(Pointer(x), Pointer(weight), count, 1e-5f, Pointer(y));

        for (var i = 0; i < count; i++)
        {
            Assert.Equal(At(x, i) / Math.Sqrt(mean + 1e-5) * At(weight, i), At(y, i), 2e-6);
        }

        using var untouched = Numbers(3, count + 4, 1);
        Assert.Equal(At(untouched, count), At(y, count));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Rotate_AnySize_TurnsPairsByTheirAngles(int kernels, int half)
    {
        using var head = Numbers(1, (2 * half) + 3, 2);
        using var before = Numbers(1, (2 * half) + 3, 2);
        using var cosines = Numbers(2, half, 1);
        using var sines = Numbers(3, half, 1);

        CpuKernels.Supported[kernels].Rotate(Pointer(head), Pointer(cosines), Pointer(sines), half);

        for (var i = 0; i < half; i++)
        {
            double first = At(before, i), second = At(before, half + i);
            Assert.Equal((first * At(cosines, i)) - (second * At(sines, i)), At(head, i), 1e-6);
            Assert.Equal((second * At(cosines, i)) + (first * At(sines, i)), At(head, half + i), 1e-6);
        }

        // A partial turn leaves the rest of the head alone.
        Assert.Equal(At(before, 2 * half), At(head, 2 * half));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Gate_BothActivations_AreTheFormulasInDouble(int kernels, int count)
    {
        using var gate = Numbers(1, count + 16, 30);
        using var up = Numbers(2, count + 16, 1);
        using var y = Numbers(3, count + 16, 1);

        CpuKernels.Supported[kernels].Gate(Activation.Silu, Pointer(gate), Pointer(up), count, Pointer(y));
        for (var i = 0; i < count; i++)
        {
            var x = (double)At(gate, i);
            Assert.Equal(x / (1 + Math.Exp(-x)) * At(up, i), At(y, i), 1e-5);
        }

        CpuKernels.Supported[kernels].Gate(Activation.GeluTanh, Pointer(gate), Pointer(up), count, Pointer(y));
        for (var i = 0; i < count; i++)
        {
            var x = (double)At(gate, i);
            var gelu = 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));
            Assert.Equal(gelu * At(up, i), At(y, i), 1e-5);
        }

        for (var i = count; i % 16 != 0; i++)
        {
            Assert.Equal(0, At(y, i));
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void SoftCapAndAdd_AnySize_AreTheFormulasInDouble(int kernels, int count)
    {
        using var x = Numbers(1, count + 1, 200);
        using var y = Numbers(1, count + 1, 200);
        using var before = Numbers(1, count + 1, 200);

        CpuKernels.Supported[kernels].SoftCap(Pointer(x), count, 30);
        for (var i = 0; i < count; i++)
        {
            Assert.Equal(30 * Math.Tanh(At(before, i) / 30d), At(x, i), 3e-5);
        }

        Assert.Equal(At(before, count), At(x, count));

        CpuKernels.Supported[kernels].Add(Pointer(y), Pointer(before), count);
        for (var i = 0; i < count; i++)
        {
            Assert.Equal(2 * At(before, i), At(y, i));
        }

        Assert.Equal(At(before, count), At(y, count));
    }

    [Fact]
    public void Everything_AnyImplementation_GivesTheBitsOfThePortableOne()
    {
        var expected = All(CpuKernels.Supported[^1]);

        Assert.All(CpuKernels.Supported, kernels => Assert.Equal(expected, All(kernels)));

        static float[] All(CpuKernels kernels)
        {
            using var x = Numbers(1, 400, 10);
            using var y = Numbers(2, 400, 1);
            using var z = Numbers(3, 400, 1);
            kernels.RmsNorm(Pointer(x), Pointer(y), 333, 1e-6f, Pointer(z));
            kernels.Rotate(Pointer(z), Pointer(y), Pointer(x), 50);
            kernels.Gate(Activation.GeluTanh, Pointer(z), Pointer(x), 333, Pointer(y));
            kernels.Gate(Activation.Silu, Pointer(y), Pointer(z), 320, Pointer(x));
            kernels.SoftCap(Pointer(x), 350, 3);
            kernels.Add(Pointer(x), Pointer(y), 350);
            return new ReadOnlySpan<float>(Pointer(x), 350).ToArray();
        }
    }

    private static float Exp(float x) => Vector128.GetElement(Lowest(LaneMath<Lanes128>.Exp(Lanes128.Broadcast(x))), 0);

    private static Vector128<float> Lowest(Lanes128 lanes)
    {
        var numbers = stackalloc float[16];
        Lanes128.Store(lanes, numbers);
        return Vector128.Load(numbers);
    }

    private static float* Pointer(NativeBlock block) => block.Pointer<float>(1);

    private static float At(NativeBlock block, int index) => *block.Pointer<float>(1, index);

    private static NativeBlock Numbers(int seed, int count, float range)
    {
        var random = new Random(seed);
        var block = new NativeBlock((count + 16) * sizeof(float));
        for (var i = 0; i < count; i++)
        {
            *block.Pointer<float>(1, i) = (random.NextSingle() - 0.5f) * 2 * range;
        }

        return block;
    }
}
