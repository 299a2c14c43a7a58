using CocoonOrleans.Benchmarks.Gpu;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Tests.Inference.Cuda.Emulation;

namespace CocoonOrleans.Tests.Inference.Cuda;

/// <summary>The program to run first on a machine with a GPU, here over the emulation: its times mean nothing, what it compares does.</summary>
public sealed class GpuBenchmarkTests
{
    [SkippableTheory]
    [InlineData(WeightQuantization.BFloat16, 1e-3)]
    [InlineData(WeightQuantization.Int4, 0.05)]
    public void Run_OverTheEmulation_FindsTheKernelsRight(WeightQuantization quantization, double tolerance)
    {
        HostCompiler.SkipIfAbsent();
        using var model = new TinyModel();
        using var device = new EmulatedDevice();
        var options = new GpuBenchmarkOptions(model.Folder, 0, quantization, Eager: false);

        var report = new GpuBenchmark(options, TextWriter.Null).Run(device, "none", bandwidthBytes: 1 << 16, streams: [1, 2], steps: 4);

        var agreement = Assert.Single(report.Agreements);
        Assert.InRange(agreement.LargestLogitDifference, 0, tolerance);
        Assert.InRange(agreement.SameBest, 0.95, 1);
        Assert.Equal((true, true), (report.SameBitsTogether, report.SameBitsByGraph));
        Assert.Equal(["decode 1", "decode 2", "prefill 128"], report.Rates.Select(rate => rate.Name));
        Assert.All(report.Rates, rate => Assert.True(rate.TokensPerSecond > 0));
        Assert.Equal(ModelFolder.Read(model.Folder, quantization: quantization).Manifest.Sha256, report.Model.Split(':')[1]);
        Assert.Equal(0, device.Taken);
    }

    [Fact]
    public void Agreement_OtherLogits_AreNoticed()
    {
        float[] reference = [1, 2, 3, 0, 0, 5];

        var same = GpuAgreement.Between("it", reference, reference, vocabularySize: 3);
        var other = GpuAgreement.Between("it", reference, [1, 2, 3, 5.5f, 0, 5], vocabularySize: 3);

        Assert.Equal((0, 1, 2), (same.LargestLogitDifference, same.SameBest, same.Positions));
        Assert.Equal(0, same.Divergence, 1e-12);
        Assert.Equal((5.5, 0.5), (other.LargestLogitDifference, other.SameBest));

        // KL of (e^0, e^0, e^5) against (e^5.5, e^0, e^5), in half of the positions.
        Assert.Equal(0.5 * 0.926666, other.Divergence, 1e-5);
    }

    [Theory]
    [InlineData("--device", "64")]
    [InlineData("--quantization", "bfloat16compute")]
    [InlineData("--quantization", "7")]
    [InlineData("--modle", "x")]
    [InlineData("--model")]
    public void Options_Wrong_AreRefused(params string[] arguments) => Assert.Throws<ArgumentException>(() => GpuBenchmarkOptions.Parse(arguments));

    [Fact]
    public void Options_Good_AreRead()
        => Assert.Equal(new GpuBenchmarkOptions("m", 3, WeightQuantization.Int4, true), GpuBenchmarkOptions.Parse(["--eager", "--model", "m", "--device", "3", "--quantization", "int4"]));
}
