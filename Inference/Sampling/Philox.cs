namespace CocoonOrleans.Inference.Sampling;

/// <summary>
/// Philox4x32-10, a random number generator without state: a draw is a function of key and counter alone. So a draw depends neither on batch
/// neighbours nor on how often a sequence was interrupted. Source: Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3" (SC 2011).
/// </summary>
public static class Philox
{
    private const int Rounds = 10;

    /// <summary>The 128 random bits of a counter under a key, lowest word first.</summary>
    public static (uint Word0, uint Word1, uint Word2, uint Word3) Bits((uint Word0, uint Word1, uint Word2, uint Word3) counter, (uint Word0, uint Word1) key)
    {
        unchecked
        {
            for (var round = 0; round < Rounds; round++)
            {
                var first = 0xD2511F53UL * counter.Word0;
                var second = 0xCD9E8D57UL * counter.Word2;
                counter = ((uint)(second >> 32) ^ counter.Word1 ^ key.Word0, (uint)second, (uint)(first >> 32) ^ counter.Word3 ^ key.Word1, (uint)first);
                key = (key.Word0 + 0x9E3779B9, key.Word1 + 0xBB67AE85);
            }

            return counter;
        }
    }

    /// <summary>
    /// The draw for one position of a sequence: from 0 up to, not including, 1, in steps of 2^-53. The seed is the key, the position the counter, so no two
    /// draws of an answer share their bits.
    /// </summary>
    /// <param name="seed">The answer's seed.</param>
    /// <param name="position">The position that the drawn token will have, counted from the prompt's first token.</param>
    public static double Draw(long seed, int position)
    {
        unchecked
        {
            var (low, high, _, _) = Bits(((uint)position, 0, 0, 0), ((uint)seed, (uint)(seed >> 32)));
            return ((((ulong)high << 32) | low) >> 11) * (1.0 / (1UL << 53));
        }
    }
}
