using System.Globalization;
using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Benchmarks.Gpu;

/// <summary>What is measured.</summary>
/// <param name="Model">The model's folder; null for the random one.</param>
/// <param name="Device">Which GPU.</param>
/// <param name="Quantization">What becomes of its weights.</param>
/// <param name="Eager">Whether libtorch on the same GPU is compared too.</param>
internal sealed record GpuBenchmarkOptions(string? Model, int Device, WeightQuantization Quantization, bool Eager)
{
    private const int MostDevices = 64;

    /// <summary>Reads <c>--model DIR</c>, <c>--device N</c>, <c>--quantization none|bfloat16|int8|int4</c> and <c>--eager</c>. By default: the random model, GPU 0, bfloat16.</summary>
    /// <exception cref="ArgumentException">Something else, or out of range.</exception>
    public static GpuBenchmarkOptions Parse(string[] args)
    {
        var options = new GpuBenchmarkOptions(null, 0, WeightQuantization.BFloat16, Eager: false);
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--eager")
            {
                options = options with { Eager = true };
                continue;
            }

            var value = i + 1 < args.Length ? args[i + 1] : "";
            options = args[i] switch
            {
                "--model" when value.Length > 0 => options with { Model = value },
                "--device" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var device) && device < MostDevices => options with { Device = device },
                "--quantization" when Enum.TryParse<WeightQuantization>(value, ignoreCase: true, out var quantization) && Enum.IsDefined(quantization) && quantization != WeightQuantization.BFloat16Compute
                    => options with { Quantization = quantization },
                _ => throw new ArgumentException($"{args[i]} {value} is none of --model DIR, --device N, --quantization none|bfloat16|int8|int4, --eager"),
            };
            i++;
        }

        return options;
    }
}
