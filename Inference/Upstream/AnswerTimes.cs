using CocoonOrleans.Inference.Native;

namespace CocoonOrleans.Inference.Upstream;

/// <summary>Measures one answer.</summary>
internal sealed class AnswerTimes(EngineMetrics metrics, string model, int promptTokens, long submitted)
{
    private long _first;
    private long _last;
    private int _tokens;

    /// <summary>A token came.</summary>
    public void Token()
    {
        if (_tokens++ == 0)
        {
            metrics.Prefilled(model, promptTokens);
            _first = _last = metrics.Begun(model, submitted);
        }
        else
        {
            _last = metrics.Next(model, _last);
        }

        metrics.Delivered(model, 1);
    }

    /// <summary>The answer is complete.</summary>
    public void Complete() => metrics.Completed(model, _first, _tokens);
}
