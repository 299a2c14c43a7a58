using CocoonOrleans.Inference.Formats;
using static TorchSharp.torch;

namespace CocoonOrleans.HouseModel.Training;

/// <summary>
/// Weights and both moments of a run in one safetensors file, exact in float32. The text needs no state: batches are numbered
/// (<see cref="RowSource"/>), so the number of steps done says where to go on.
/// </summary>
public static class Checkpoint
{
    private const string Prefix = "checkpoint-";
    private const string Suffix = ".safetensors";

    /// <summary>Writes the state after this many steps.</summary>
    public static void Write(string folder, Network network, AdamW optimizer, long steps)
    {
        Directory.CreateDirectory(folder);
        var tensors = network.Weights
            .Concat(optimizer.FirstMoments.Select(m => KeyValuePair.Create("first." + m.Key, m.Value)))
            .Concat(optimizer.SecondMoments.Select(m => KeyValuePair.Create("second." + m.Key, m.Value)));
        SafetensorsWriter.Write(Path.Combine(folder, $"{Prefix}{steps:D7}{Suffix}"), tensors, half: false, new Dictionary<string, string> { ["steps"] = $"{steps}" });
    }

    /// <summary>The latest checkpoint's steps, and its state put into network and optimiser; 0 where the folder holds none.</summary>
    /// <param name="folder">Folder of checkpoints; may be absent.</param>
    /// <param name="network">Takes the weights.</param>
    /// <param name="optimizer">Takes the moments.</param>
    /// <param name="before">Only checkpoints of at most this many steps count.</param>
    /// <exception cref="ModelFormatException">The file is damaged, or is of another shape of network.</exception>
    public static long ReadLatest(string folder, Network network, AdamW optimizer, long before)
    {
        var files = Directory.Exists(folder) ? Directory.GetFiles(folder, $"{Prefix}*{Suffix}") : [];
        var latest = files.Select(file => (File: file, Steps: StepsOf(file))).Where(file => file.Steps <= before).OrderByDescending(file => file.Steps).FirstOrDefault();
        if (latest.File is not null)
        {
            Read(latest.File, network, optimizer);
        }

        return latest.Steps;
    }

    private static long StepsOf(string file) => long.TryParse(Path.GetFileName(file)[Prefix.Length..^Suffix.Length], out var steps) ? steps : long.MaxValue;

    private static void Read(string file, Network network, AdamW optimizer)
    {
        using var none = no_grad();
        var targets = network.Weights
            .Concat(optimizer.FirstMoments.Select(m => KeyValuePair.Create("first." + m.Key, m.Value)))
            .Concat(optimizer.SecondMoments.Select(m => KeyValuePair.Create("second." + m.Key, m.Value))).ToDictionary(StringComparer.Ordinal);
        using var stream = File.OpenRead(file);
        foreach (var read in SafetensorsFile.Read(stream, stream.Length, Path.GetFileName(file), CancellationToken.None))
        {
            if (!targets.Remove(read.Name, out var target) || target.NumberOfElements != read.Values.Length)
            {
                throw new ModelFormatException(file, read.Name, "does not belong to a network of this shape");
            }

            using var values = tensor(read.Values);
            target.copy_(values.view(target.shape));
        }

        if (targets.Count > 0)
        {
            throw new ModelFormatException(file, targets.Keys.First(), "is missing");
        }
    }
}
