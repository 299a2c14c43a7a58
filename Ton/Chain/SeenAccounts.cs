using CocoonOrleans.Ton.Addresses;

namespace CocoonOrleans.Ton.Chain;

/// <summary>
/// The newest of each account that counted so far. What is older comes from an endpoint that lags, and must not undo what was built on the newer
/// state. What one of several owners says alone doesn't count: a block or a time that never was would make all others lag for ever. Bounded: of accounts
/// long not asked for nothing is remembered.
/// </summary>
internal sealed class SeenAccounts
{
    private const int Capacity = 4096;

    private readonly Lock _lock = new();
    private readonly Dictionary<TonAddress, Mark> _marks = [];
    private readonly Queue<TonAddress> _order = new();

    /// <summary>The masterchain block of what counted last of the account; 0 where it never was.</summary>
    public uint SeqnoOf(TonAddress address)
    {
        lock (_lock)
        {
            return _marks.GetValueOrDefault(address).Seqno;
        }
    }

    /// <summary>Takes a state, where nothing newer counted before.</summary>
    /// <param name="address">The account.</param>
    /// <param name="state">What was told of it.</param>
    /// <param name="counts">Whether nothing older is to be taken from now on: so many say it as there can be.</param>
    /// <returns>False where it is older.</returns>
    public bool TryTake(TonAddress address, AccountState state, bool counts)
    {
        Mark told = new(state.Seqno, state.LastTransaction?.Lt ?? 0);
        lock (_lock)
        {
            bool isKnown = _marks.TryGetValue(address, out Mark seen);
            if (isKnown && (told.Seqno < seen.Seqno || told.Lt < seen.Lt))
            {
                return false;
            }

            if (counts)
            {
                if (!isKnown)
                {
                    Remember(address);
                }

                _marks[address] = told;
            }

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
