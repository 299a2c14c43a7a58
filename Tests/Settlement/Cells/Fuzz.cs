using System.Security.Cryptography;
using CocoonOrleans.Ton;
using Xunit.Abstractions;

namespace CocoonOrleans.Tests.Settlement.Cells;

/// <summary>
/// Feeds a reader with broken bytes: whatever they are, it gives a value or a <see cref="TonFormatException"/>.
/// </summary>
internal sealed class Fuzz(ITestOutputHelper output)
{
    private const int DefaultRounds = 20_000;

    /// <summary>Breaks samples at random and has them read.</summary>
    /// <returns>How many were read, and how many were refused.</returns>
    public (int Read, int Refused) Run(IReadOnlyList<byte[]> samples, Action<byte[]> read)
    {
        int seed = LongRun.Seed(RandomNumberGenerator.GetInt32(int.MaxValue));
        int rounds = LongRun.Rounds(DefaultRounds, 1_000_000);
        output.WriteLine($"seed {seed}, {rounds} rounds");
        var random = new Random(seed);
        int refused = 0;
        for (int round = 0; round < rounds; round++)
        {
            byte[] bytes = Break(samples, random);
            try
            {
                read(bytes);
            }
            catch (TonFormatException)
            {
                refused++;
            }
            catch (Exception fault)
            {
                Assert.Fail($"COCOON_SEED={seed}, round {round}, {Convert.ToHexStringLower(bytes)}: {fault}");
            }
        }

        output.WriteLine($"{rounds - refused} read, {refused} refused");
        return (rounds - refused, refused);
    }

    private static byte[] Break(IReadOnlyList<byte[]> samples, Random random)
    {
        byte[] bytes = [.. samples[random.Next(samples.Count)]];
        switch (random.Next(5))
        {
            case 0: // flip bits
                for (int i = random.Next(4); i >= 0; i--)
                {
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                }

                return bytes;
            case 1: // other bytes, mostly where the counts and lengths stand
                for (int i = random.Next(4); i >= 0; i--)
                {
                    bytes[random.Next(random.Next(2) == 0 ? Math.Min(16, bytes.Length) : bytes.Length)] = (byte)random.Next(256);
                }

                return bytes;
            case 2: // cut off
                return bytes[..random.Next(bytes.Length)];
            case 3: // the end of another
                byte[] other = samples[random.Next(samples.Count)];
                return [.. bytes[..random.Next(bytes.Length)], .. other[random.Next(other.Length)..]];
            default: // noise behind a right beginning
                random.NextBytes(bytes.AsSpan(random.Next(bytes.Length)));
                return bytes;
        }
    }
}
