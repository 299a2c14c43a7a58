namespace CocoonOrleans.Inference.Formats;

/// <summary>
/// Memory for weights as float32, which is what all of a model's files are read into. A header is asked before anything is read: a small file may say that it holds a large one, and weights of four bits
/// become eight times as long.
/// </summary>
/// <param name="bytes">Bytes that may be taken.</param>
public sealed class WeightRoom(long bytes)
{
    private long _taken;

    /// <summary>The machine's memory, or what the process may have of it.</summary>
    public static WeightRoom OfMachine() => new(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <summary>Takes room for a file's weights.</summary>
    /// <param name="file">The file's name for the error.</param>
    /// <param name="elements">How many weights each tensor has.</param>
    /// <exception cref="ModelFormatException">There is less room.</exception>
    internal void Take(string file, IEnumerable<long> elements)
    {
        foreach (var count in elements)
        {
            _taken = count > (long.MaxValue - _taken) / sizeof(float) ? long.MaxValue : _taken + (count * sizeof(float));
        }

        if (_taken > bytes)
        {
            throw new ModelFormatException(file, "size", $"its weights, and those of the files before it, take {_taken} bytes while they are loaded, and there are {bytes}; use a machine with more memory, or a smaller model");
        }
    }
}
