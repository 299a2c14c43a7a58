namespace CocoonOrleans.HouseModel.Text;

/// <summary>
/// Random numbers of our own (SplitMix64, Steele, Lea and Flood 2014): the same text from the same seed on every .NET and every machine. Not thread-safe.
/// </summary>
public sealed class Dice(ulong seed)
{
    private ulong _state = seed;

    /// <summary>Dice for one numbered part of a run, independent of the other parts, so that a run can be resumed at any part.</summary>
    public static Dice ForPart(ulong seed, long part) => unchecked(new Dice(new Dice(seed ^ ((ulong)part * 0xD1B54A32D192ED03)).Roll()));

    /// <summary>A number from 0 up to, without, <paramref name="count"/>, which must be positive.</summary>
    public int Next(int count) => (int)(((UInt128)Roll() * (ulong)count) >> 64);

    /// <summary>True in <paramref name="percent"/> of a hundred cases.</summary>
    public bool Chance(int percent) => Next(100) < percent;

    /// <summary>One of the items, each as likely.</summary>
    public T Pick<T>(IReadOnlyList<T> items) => items[Next(items.Count)];

    private ulong Roll()
    {
        unchecked
        {
            var z = _state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
