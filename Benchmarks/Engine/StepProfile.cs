using CocoonOrleans.Inference.Cpu;
using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Benchmarks.Engine;

/// <summary>Takes steps of one kind apart: what each part of them took, by the decoder's own clock.</summary>
/// <param name="name">Which steps.</param>
/// <param name="decoder">Has a clock.</param>
/// <param name="config">Its shape.</param>
/// <param name="rows">Rows of a step, from position 0 if more than one.</param>
internal sealed class StepProfile(string name, CpuDecoder decoder, DecoderConfig config, int rows)
{
    private static readonly StepPart[] All = Enum.GetValues<StepPart>();
    private readonly Dictionary<StepPart, List<double>> _times = All.ToDictionary(part => part, _ => new List<double>());

    /// <summary>Takes what the clock shows as one step, and clears it.</summary>
    public void Take()
    {
        foreach (var part in All)
        {
            _times[part].Add(decoder.Clock!.Milliseconds(part));
        }

        decoder.Clock!.Clear();
    }

    /// <summary>All parts.</summary>
    public IEnumerable<ProfilePart> Parts()
    {
        var medians = All.ToDictionary(part => part, part => StepTimes.Median(_times[part]));
        var sum = medians.Values.Sum();
        return All.Select(part => new ProfilePart($"{name}: {NameOf(part)}", Math.Round(medians[part], 3), Math.Round(medians[part] / sum, 3), Bandwidth(part, medians[part]), Rate(part, medians[part])));
    }

    private static string NameOf(StepPart part) => part switch
    {
        StepPart.Norms => "norms",
        StepPart.QueryKeyValue => "queries, keys and values",
        StepPart.Heads => "rotation and cache",
        StepPart.Attention => "attention",
        StepPart.Output => "attention's output",
        StepPart.GateUp => "gate and up",
        StepPart.Gate => "gate's activation",
        StepPart.Down => "down",
        _ => "logits",
    };

    private double? Bandwidth(StepPart part, double milliseconds)
    {
        var bytes = decoder.Matrices(part).Sum(matrix => matrix.Bytes);
        return rows > 1 || bytes == 0 ? null : Math.Round(bytes / 1e6 / milliseconds, 1);
    }

    private double? Rate(StepPart part, double milliseconds)
    {
        var operations = part switch
        {
            StepPart.Attention => 2L * rows * (rows + 1) * config.Heads * config.HeadSize * config.Layers,
            StepPart.Logits => 0,
            _ => decoder.Matrices(part).Sum(matrix => 2L * rows * matrix.Rows * matrix.Columns),
        };
        return rows == 1 || operations == 0 ? null : Math.Round(operations / 1e6 / milliseconds, 1);
    }
}
