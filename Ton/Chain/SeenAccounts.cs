using CocoonOrleans.Ton.Addresses;

namespace CocoonOrleans.Ton.Chain;

/// <summary>
/// The newest of each account that was told so far. What is older comes from an endpoint that lags, and must not undo what was built on the newer
/// state. Bounded: of accounts long not asked for nothing is remembered.
/// </summary>
internal sealed class SeenAccounts
{
    private const int Capacity = 4096;

    private readonly Lock _lock = new();
    private readonly Dictionary<TonAddress, Mark> _marks = [];
    private readonly Queue<TonAddress> _order = new();

    /// <summary>The masterchain block as of which the account was told last; 0 where it never was.</summary>
    public uint SeqnoOf(TonAddress address)
    {
        lock (_lock)
        {
            return _marks.GetValueOrDefault(address).Seqno;
        }
    }

    /// <summary>Takes a state as the newest, where nothing newer was told before.</summary>
    /// <returns>False where it is older.</returns>
    public bool TryAdvance(TonAddress address, AccountState state)
    {
        Mark told = new(state.Seqno, state.LastTransaction?.Lt ?? 0);
        lock (_lock)
        {
            if (!_marks.TryGetValue(address, out Mark seen))
            {
                Remember(address);
            }
            else if (told.Seqno < seen.Seqno || told.Lt < seen.Lt)
            {
                return false;
            }

            _marks[address] = told;
            return true;
        }
    }

    private void Remember(TonAddress address)
    {
        if (_order.Count == Capacity)
        {
            _marks.Remove(_order.Dequeue());
        }

        _order.Enqueue(address);
    }

    private readonly record struct Mark(uint Seqno, ulong Lt);
}
