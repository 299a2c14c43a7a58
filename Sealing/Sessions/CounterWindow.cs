namespace CocoonOrleans.Sealing.Sessions;

/// <summary>Which numbers of a session have been used: exact for the last 1,024, and all older ones count as used. Not thread-safe.</summary>
internal sealed class CounterWindow
{
    /// <summary>How far behind the highest a number may come.</summary>
    public const int Length = 1024;

    private const int BitsPerWord = 64;

    private readonly ulong[] _used = new ulong[Length / BitsPerWord];
    private long _highest = -1;

    /// <summary>What speaks against a number.</summary>
    public SealingFault Check(uint counter) =>
        counter > _highest ? SealingFault.None
        : _highest - counter >= Length ? SealingFault.CounterTooOld
        : (_used[Word(counter)] & Bit(counter)) != 0 ? SealingFault.Replayed
        : SealingFault.None;

    /// <summary>Uses a number against which nothing speaks.</summary>
    public void Use(uint counter)
    {
        if (counter - _highest >= Length)
        {
            Array.Clear(_used);
        }
        else
        {
            for (var skipped = _highest + 1; skipped <= counter; skipped++)
            {
                _used[Word((uint)skipped)] &= ~Bit((uint)skipped);
            }
        }

        _used[Word(counter)] |= Bit(counter);
        _highest = Math.Max(_highest, counter);
    }

    private static int Word(uint counter) => (int)(counter % Length / BitsPerWord);

    private static ulong Bit(uint counter) => 1UL << (int)(counter % BitsPerWord);
}
