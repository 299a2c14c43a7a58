namespace CocoonOrleans.Attestation.Verification;

/// <summary>
/// The sets that were found to be signed, so that the next quote of such a platform costs three signatures instead of nine. Only what passed comes in,
/// so nobody can push it full with garbage; the oldest gives way.
/// </summary>
internal sealed class VerifiedCollateralCache
{
    private const int Capacity = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, VerifiedCollateral> _sets = [];
    private readonly Queue<string> _order = [];

    public VerifiedCollateral? Find(string key)
    {
        lock (_lock)
        {
            return _sets.GetValueOrDefault(key);
        }
    }

    public void Keep(string key, VerifiedCollateral set)
    {
        lock (_lock)
        {
            if (!_sets.TryAdd(key, set))
            {
                return;
            }

            _order.Enqueue(key);
            if (_order.Count > Capacity)
            {
                _sets.Remove(_order.Dequeue());
            }
        }
    }
}
