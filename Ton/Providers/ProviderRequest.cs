using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;

namespace CocoonOrleans.Ton.Providers;

/// <summary>
/// What a provider asks of the operator, signed with the key that names it. It is for one network, and for the minutes around its time: what changes something
/// is also refused unless it is later than the last that did, so nothing works twice.
/// </summary>
/// <param name="Network">See <see cref="TonNetwork"/>.</param>
/// <param name="Provider">The provider's key.</param>
/// <param name="Time">When it was signed, Unix time in milliseconds.</param>
/// <param name="Kind">What is asked for.</param>
/// <param name="Value">What belongs to it; null for nothing.</param>
public sealed record ProviderRequest(int Network, PublicKey Provider, ulong Time, ProviderRequestKind Kind, Cell? Value = null)
{
    /// <summary>The most bytes of a signed request.</summary>
    public const int MaxBytes = 1024;

    private const uint Tag = 0x5e7d0004;

    /// <summary>The cell that is signed.</summary>
    public Cell ToCell()
    {
        CellBuilder builder = new CellBuilder()
            .StoreUInt(Tag, 32)
            .StoreInt(Network, 32)
            .StoreBits256(Provider.Bits)
            .StoreUInt(Time, 64)
            .StoreUInt((ulong)Kind, 8)
            .StoreBit(Value is not null);
        return (Value is null ? builder : builder.StoreReference(Value)).Build();
    }

    /// <summary>Signs it.</summary>
    /// <param name="provider">The key of <see cref="Provider"/>.</param>
    /// <returns>The request's bag of cells, then the 64 bytes of the signature.</returns>
    public byte[] Sign(SigningKey provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return provider.PublicKey == Provider
            ? [.. Boc.Write(ToCell()), .. provider.Sign(ToCell()).ToArray()]
            : throw new ArgumentException("The key of another provider.", nameof(provider));
    }

    /// <summary>Reads what <see cref="Sign"/> made, and checks the signature.</summary>
    /// <exception cref="TonFormatException">It is anything else, or not signed with the key that it names.</exception>
    public static ProviderRequest Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is <= Signature.Length or > MaxBytes)
        {
            throw new TonFormatException("request", $"more than {Signature.Length} and up to {MaxBytes} bytes are needed");
        }

        Cell cell = Boc.Parse(bytes[..^Signature.Length]);
        CellSlice slice = cell.BeginRead();
        if (slice.ReadUInt32("request.tag") != Tag)
        {
            throw new TonFormatException("request.tag", "not a provider's request");
        }

        int network = (int)slice.ReadInt(32, "request.network");
        var provider = new PublicKey(slice.ReadBits256("request.provider"));
        ulong time = slice.ReadUInt(64, "request.time");
        var kind = (ProviderRequestKind)slice.ReadUInt(8, "request.kind");
        Cell? value = slice.ReadBit("request.value") ? slice.ReadReference("request.value") : null;
        slice.RequireEnd("request");
        if (!Enum.IsDefined(kind) || time > long.MaxValue)
        {
            throw new TonFormatException("request.kind", "no request that is known");
        }

        return provider.Verifies(cell, Signature.FromBytes(bytes[^Signature.Length..]))
            ? new ProviderRequest(network, provider, time, kind, value)
            : throw new TonFormatException("request.signature", "not signed with the provider's key");
    }
}
