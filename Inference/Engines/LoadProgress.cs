using System.Globalization;

namespace CocoonOrleans.Inference.Engines;

/// <summary>How far loading a model has come.</summary>
/// <param name="Stage">What is being done.</param>
/// <param name="BytesDone">Bytes done in this stage.</param>
/// <param name="BytesTotal">Bytes to do in this stage; 0 where a stage has nothing to count.</param>
public sealed record LoadProgress(LoadStage Stage, long BytesDone, long BytesTotal)
{
    private const double BytesPerMegabyte = 1e6;

    /// <summary>How long the rest of this stage takes at the speed so far; null where nothing can be said yet.</summary>
    public TimeSpan? TimeLeft { get; init; }

    /// <summary>In words, such as <c>reading, 12.0 of 28.3 MB, 2 s left</c>.</summary>
    public string Describe()
    {
        var stage = Stage.ToString().ToLowerInvariant();
        var left = TimeLeft is { } time ? string.Create(CultureInfo.InvariantCulture, $", {Math.Ceiling(time.TotalSeconds):F0} s left") : "";
        return BytesTotal == 0 ? stage : string.Create(CultureInfo.InvariantCulture, $"{stage}, {BytesDone / BytesPerMegabyte:F1} of {BytesTotal / BytesPerMegabyte:F1} MB{left}");
    }
}
