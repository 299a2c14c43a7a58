using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using CocoonOrleans.Attestation.QuoteSources;
using CocoonOrleans.Attestation.Simulated.Worlds;

namespace CocoonOrleans.Attestation.Simulated.Quotes;

/// <summary>
/// RTMR3 of every TD that this issuer plays, by the names that they give themselves: zero until it is extended, and no call sets it back. Of too many the oldest are forgotten, and with them what they measured: their
/// quotes are refused from then on. Thread-safe.
/// </summary>
internal sealed class SimulatedRegisters(WorldKeeper keeper)
{
    /// <summary>Most TDs that have measured something.</summary>
    internal const int Most = 4096;

    private const int Bytes = 48;

    private readonly Lock _lock = new();
    private readonly OrderedDictionary<string, byte[]> _registers = new(keeper.Kept.Registers, StringComparer.Ordinal);

    /// <summary>Whether something can name a TD.</summary>
    public static bool IsName([NotNullWhen(true)] string? td) =>
        td is { Length: >= 1 and <= QuoteServiceOptions.LongestTd } && !td.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>The register of a TD.</summary>
    public byte[] Read(string td)
    {
        lock (_lock)
        {
            return _registers.TryGetValue(td, out var value) ? [.. value] : new byte[Bytes];
        }
    }

    /// <summary>Extends it, as hardware would: by the hash of what it held and the digest.</summary>
    /// <returns>The register after it.</returns>
    /// <exception cref="IOException">A world that is kept could not be written.</exception>
    public byte[] Extend(string td, ReadOnlySpan<byte> digest)
    {
        lock (_lock)
        {
            var value = SHA384.HashData([.. Read(td), .. digest]);
            _registers[td] = value;
            if (_registers.Count > Most)
            {
                _registers.RemoveAt(0);
            }

            keeper.Keep(_registers);
            return [.. value];
        }
    }
}
