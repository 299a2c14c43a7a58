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

    /// <summary>Records the launches of a shape.</summary>
    /// <exception cref="CudaException">A launch failed; the stream records no more.</exception>
    public void Record(int rows, int splits, Action launch)
    {
        device.BeginCapture();
        try
        {
            launch();
        }
        catch
        {
            Abandon();
            throw;
        }

        _graphs.Add((rows, splits), device.EndCapture());
    }

    /// <summary>A stream that goes on recording computes nothing.</summary>
    private void Abandon()
    {
        try
        {
            device.FreeGraph(device.EndCapture());
        }
        catch (CudaException)
        {
            // The driver ends a recording that a failed launch spoilt with an error.
        }
    }

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
