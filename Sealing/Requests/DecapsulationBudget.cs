namespace CocoonOrleans.Sealing.Requests;

/// <summary>Lets so many decapsulations through (a token bucket): a flood of garbage must not take the processor from the model. Thread-safe.</summary>
/// <param name="perSecond">On average.</param>
/// <param name="burst">At once after a quiet time.</param>
/// <param name="time">The clock.</param>
internal sealed class DecapsulationBudget(int perSecond, int burst, TimeProvider time)
{
    private readonly Lock _turn = new();
    private double _left = burst;
    private long _at = time.GetTimestamp();

    /// <summary>Takes one; false where none is left.</summary>
    public bool TryTake()
    {
        lock (_turn)
        {
            var now = time.GetTimestamp();
            _left = Math.Min(burst, _left + (time.GetElapsedTime(_at, now).TotalSeconds * perSecond));
            _at = now;
            if (_left < 1)
            {
                return false;
            }

            _left--;
            return true;
        }
    }
}
