namespace CocoonOrleans.Tests.Sealing.Fuzz;

/// <summary>Changes bytes as a broken or hostile network might: flips, cuts, repeats, moves, or mixes in another message.</summary>
internal static class Mutation
{
    public static byte[] Of(byte[] original, byte[] other, Random random)
    {
        var bytes = original;
        for (var changes = 1 + random.Next(3); changes > 0; changes--)
        {
            bytes = Change(bytes, other, random);
        }

        return bytes;
    }

    private static byte[] Change(byte[] bytes, byte[] other, Random random)
    {
        var (from, to) = (random.Next(bytes.Length + 1), random.Next(bytes.Length + 1));
        (from, to) = (Math.Min(from, to), Math.Max(from, to));
        var near = Math.Min(bytes.Length, from + random.Next(9));
        switch (random.Next(9))
        {
            case 0 or 1 when bytes.Length > 0:
                byte[] flipped = [.. bytes];
                flipped[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                return flipped;
            case 2 when bytes.Length > 0:
                byte[] set = [.. bytes];
                set[random.Next(bytes.Length)] = (byte)random.Next(256);
                return set;
            case 3:
                return bytes[..from];
            case 4:
                return [.. bytes[..from], .. bytes[near..]];
            case 5:
                return [.. bytes[..near], .. bytes[from..]];
            case 6:
                return [.. bytes[to..], .. bytes[from..to], .. bytes[..from]];
            case 7:
                var at = random.Next(other.Length + 1);
                return [.. bytes[..Math.Min(at, bytes.Length)], .. other[at..]];
            default:
                var noise = new byte[random.Next(20)];
                random.NextBytes(noise);
                return [.. bytes[..from], .. noise, .. bytes[from..]];
        }
    }
}
