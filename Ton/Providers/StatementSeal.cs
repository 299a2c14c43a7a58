using System.Security.Cryptography;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;

namespace CocoonOrleans.Ton.Providers;

/// <summary>What the operator signs of a statement: its text's hash, for one network and one provider. It promises nothing; it can't be denied later.</summary>
/// <param name="Network">See <see cref="TonNetwork"/>.</param>
/// <param name="Provider">The provider's key.</param>
/// <param name="Text">SHA-256 of the text's UTF-8 bytes.</param>
public sealed record StatementSeal(int Network, PublicKey Provider, Bits256 Text)
{
    private const uint Tag = 0x5e7d0005;

    /// <summary>The seal of a text.</summary>
    public static StatementSeal Of(int network, PublicKey provider, ReadOnlySpan<byte> text) => new(network, provider, new Bits256(SHA256.HashData(text)));

    /// <summary>The cell that is signed.</summary>
    public Cell ToCell() => new CellBuilder().StoreUInt(Tag, 32).StoreInt(Network, 32).StoreBits256(Provider.Bits).StoreBits256(Text).Build();
}
