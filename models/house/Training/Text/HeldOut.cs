namespace CocoonOrleans.HouseModel.Text;

/// <summary>Decides by a hash which operands (sums, names, words, topics) training never sees: one in ten.</summary>
public static class HeldOut
{
    private const int OneIn = 10;

    /// <summary>Whether this operand belongs to the test set. The same answer on every machine (FNV-1a with a final mix).</summary>
    public static bool Contains(string operand)
    {
        unchecked
        {
            var hash = 2166136261u;
            foreach (var c in operand)
            {
                hash = (hash ^ c) * 16777619;
            }

            hash ^= hash >> 15;
            hash *= 0x2C1B3C6D;
            return (hash ^ (hash >> 13)) % OneIn == 0;
        }
    }
}
