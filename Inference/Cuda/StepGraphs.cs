using System.Numerics;
using CocoonOrleans.Inference.Cuda.Driver;

namespace CocoonOrleans.Inference.Cuda;

/// <summary>Graphs of decoding steps, one for each number of rows and of splits, both powers of two. A shape is recorded when it comes for the second time.</summary>
internal sealed class StepGraphs(ICudaDevice device) : IDisposable
{
    private readonly Dictionary<(int Rows, int Splits), nint> _graphs = [];
    private readonly HashSet<(int Rows, int Splits)> _seen = [];

    /// <summary>Number of graphs.</summary>
    public int Count => _graphs.Count;

    /// <summary>The smallest power of two that is not smaller.</summary>
    public static int RoundUp(int count) => (int)BitOperations.RoundUpToPowerOf2((uint)count);

    /// <summary>Launches the graph of a shape.</summary>
    /// <returns>False where there is none.</returns>
    public bool TryLaunch(int rows, int splits)
    {
        if (!_graphs.TryGetValue((rows, splits), out var graph))
        {
            return false;
        }

        device.LaunchGraph(graph);
        return true;
    }

    /// <summary>Whether a shape that was just computed is to be recorded.</summary>
    public bool Wants(int rows, int splits) => !_seen.Add((rows, splits));

    /// <summary>Begins to record.</summary>
    public void Begin() => device.BeginCapture();

    /// <summary>Ends the recording and keeps it.</summary>
    public void End(int rows, int splits) => _graphs.Add((rows, splits), device.EndCapture());

    /// <inheritdoc/>
    public void Dispose()
    {
        device.Synchronize();
        foreach (var graph in _graphs.Values)
        {
            device.FreeGraph(graph);
        }

        _graphs.Clear();
    }
}
