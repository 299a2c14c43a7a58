namespace CocoonOrleans.Inference.Scheduling;

/// <summary>
/// How soon an answer could begin, by what the last steps and answers took. It errs towards too soon: it goes by the best that was seen, and takes half of
/// that, so what it calls impossible is. Nothing was seen: no time at all. For one thread.
/// </summary>
internal sealed class StartForecast
{
    /// <summary>Steps, and answers, that are remembered.</summary>
    private const int Remembered = 32;

    /// <summary>A step with fewer rows of prompts says little about long ones.</summary>
    private const int FewestRows = 16;

    private const int Slack = 2;

    private readonly Queue<double> _secondsPerRow = [];
    private readonly Queue<double> _secondsHeld = [];

    /// <summary>A step was computed.</summary>
    /// <param name="promptRows">Its rows of prompts.</param>
    /// <param name="rows">All of its rows.</param>
    /// <param name="took">How long it took.</param>
    public void Computed(int promptRows, int rows, TimeSpan took)
    {
        if (promptRows >= FewestRows && 2 * promptRows >= rows)
        {
            Remember(_secondsPerRow, took.TotalSeconds / rows);
        }
    }

    /// <summary>An answer gave its slot back.</summary>
    /// <param name="held">How long it had it.</param>
    public void Released(TimeSpan held) => Remember(_secondsHeld, held.TotalSeconds);

    /// <summary>The time to a first token.</summary>
    /// <param name="promptRows">Rows of the prompt that have to be computed.</param>
    /// <param name="rounds">How often all slots have to be given back before it has one.</param>
    public TimeSpan Earliest(int promptRows, int rounds)
        => TimeSpan.FromSeconds(((promptRows * Best(_secondsPerRow)) + (rounds * Best(_secondsHeld))) / Slack);

    private static double Best(Queue<double> seen) => seen.Count == 0 ? 0 : seen.Min();

    private static void Remember(Queue<double> seen, double seconds)
    {
        if (seen.Count == Remembered)
        {
            seen.Dequeue();
        }

        seen.Enqueue(seconds);
    }
}
