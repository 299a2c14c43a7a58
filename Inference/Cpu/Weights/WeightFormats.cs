using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Inference.Cpu.Weights;

/// <summary>Which format belongs to what.</summary>
internal static class WeightFormats
{
    /// <summary>The format in which a recipe keeps the layers' matrices; null: as they are.</summary>
    /// <exception cref="NotSupportedException">Our own kernels don't know the recipe.</exception>
    public static WeightFormat? ToFormat(this WeightQuantization quantization) => quantization switch
    {
        WeightQuantization.None => null,
        WeightQuantization.BFloat16 => WeightFormat.BFloat16,
        WeightQuantization.Int8 => WeightFormat.Int8,
        WeightQuantization.Int4 => WeightFormat.Int4,
        _ => throw new NotSupportedException($"our own kernels don't compute {quantization}"),
    };

    /// <summary>The format of the first and the last matrix beside such layers: they decide most about quality and stay at 8 bits.</summary>
    public static WeightFormat Outermost(this WeightFormat format) => format == WeightFormat.Int4 ? WeightFormat.Int8 : format;
}
