using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using CocoonOrleans.Attestation.QuoteSources;
using CocoonOrleans.Attestation.Simulated.Worlds;

namespace CocoonOrleans.Attestation.Simulated.Quotes;

/// <summary>RTMR3 of every TD that this issuer plays, by the names that they give themselves: zero until it is extended, and no call sets it back. Thread-safe.</summary>
internal sealed class SimulatedRegisters(WorldKeeper keeper)
{
    /// <summary>Most TDs that have measured something.</summary>
    private const int Most = 4096;

    private const int Bytes = 48;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, byte[]> _registers = new(keeper.Kept.Registers, StringComparer.Ordinal);

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
    /// <returns>False where as many TDs as there may be have measured something.</returns>
    /// <exception cref="IOException">A world that is kept could not be written.</exception>
    public bool TryExtend(string td, ReadOnlySpan<byte> digest, out byte[] value)
    {
        lock (_lock)
        {
            value = SHA384.HashData([.. Read(td), .. digest]);
            if (!_registers.ContainsKey(td) && _registers.Count >= Most)
            {
                return false;
            }

            _registers[td] = value;
            keeper.Keep(_registers);
            return true;
        }
    }
}
