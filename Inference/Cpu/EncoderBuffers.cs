using CocoonOrleans.Inference.Cpu.Kernels;
namespace CocoonOrleans.Inference.Cpu;

/// <summary>What an encoder keeps of the rows of one batch.</summary>
internal sealed class EncoderBuffers : IDisposable
{
    private readonly StepRows _step;

    /// <param name="rows">The most rows.</param>
    /// <param name="hidden">Width of a state.</param>
    /// <param name="inner">Width of the feed-forward layers.</param>
    /// <param name="quantized">Whether matrices want int8.</param>
    /// <param name="cache">Keys and values.</param>
    public EncoderBuffers(int rows, int hidden, int inner, bool quantized, CpuKeyValueCache cache)
    {
        Rows = rows;
        _step = new StepRows(cache, rows, AttentionHead.MostPositions);
        States = new ActivationBuffer(rows, hidden, quantized);
        Projected = new ActivationBuffer(rows, 3 * hidden, quantized: false);
        Attended = new ActivationBuffer(rows, hidden, quantized);
        Inner = new ActivationBuffer(rows, inner, quantized: false);
        Activated = new ActivationBuffer(rows, inner, quantized);
    }

    /// <summary>The most rows.</summary>
    public int Rows { get; }

    /// <summary>What the rows are.</summary>
    public StepRows Step => _step;

    /// <summary>[hidden].</summary>
    public ActivationBuffer States { get; }

    /// <summary>Queries, keys and values.</summary>
    public ActivationBuffer Projected { get; }

    /// <summary>[hidden].</summary>
    public ActivationBuffer Attended { get; }

    /// <summary>[intermediate] before the activation.</summary>
    public ActivationBuffer Inner { get; }

    /// <summary>[intermediate] behind it.</summary>
    public ActivationBuffer Activated { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var part in (IDisposable[])[_step, States, Projected, Attended, Inner, Activated])
        {
            part.Dispose();
        }
    }
}
