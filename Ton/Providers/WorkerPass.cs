using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;

namespace CocoonOrleans.Ton.Providers;

/// <summary>
/// A provider says that a worker is its own. Whoever steals the worker's key earns for the provider, never for itself, so a pass needs no end, and it is no
/// secret. It says the same on every network.
/// </summary>
/// <param name="Worker">SHA-256 of the worker's tunnel key: its id.</param>
public sealed record WorkerPass(Bits256 Worker)
{
    private const uint Tag = 0x5e7d0003;

    /// <summary>The cell that is signed.</summary>
    public Cell ToCell() => new CellBuilder().StoreUInt(Tag, 32).StoreBits256(Worker).Build();

    /// <summary>Signs it with the provider's key.</summary>
    /// <param name="provider">The provider's key.</param>
    /// <returns>The signature, 128 hexadecimal digits.</returns>
    public string Sign(SigningKey provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return provider.Sign(ToCell()).ToString();
    }

    /// <summary>Whether a text is this provider's signature of the pass.</summary>
    /// <param name="provider">The provider's key.</param>
    /// <param name="signature">Any text.</param>
    public bool IsSignedBy(PublicKey provider, string? signature) =>
        signature is { Length: 2 * Signature.Length }
        && signature.All(char.IsAsciiHexDigitLower)
        && provider.Verifies(ToCell(), Signature.FromBytes(Convert.FromHexString(signature)));
}
