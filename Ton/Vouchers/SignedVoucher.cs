using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;

namespace CocoonOrleans.Ton.Vouchers;

/// <summary>A voucher and the payer's signature: worth its amount to whoever holds it. It proves itself, whoever brings it.</summary>
/// <param name="Voucher">What is promised.</param>
/// <param name="Signature">Over the hash of the voucher's cell.</param>
public sealed record SignedVoucher(Voucher Voucher, Signature Signature)
{
    /// <summary>The longest that one can be on the wire, in bytes.</summary>
    public const int MaxBytes = 256;

    /// <summary>Whether this key signed it.</summary>
    public bool IsSignedBy(PublicKey payerKey) => payerKey.Verifies(Voucher.ToCell(), Signature);

    /// <summary>The voucher's bag of cells, then the 64 bytes of the signature: 171 bytes for one coin.</summary>
    public byte[] ToBytes() => [.. Boc.Write(Voucher.ToCell()), .. Signature.ToArray()];

    /// <summary>Reads what <see cref="ToBytes"/> wrote, and nothing else. The signature is not checked.</summary>
    /// <exception cref="TonFormatException">It is anything else.</exception>
    public static SignedVoucher Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is <= Signature.Length or > MaxBytes)
        {
            throw new TonFormatException("voucher", $"more than {Signature.Length} and up to {MaxBytes} bytes are needed");
        }

        ReadOnlySpan<byte> bag = bytes[..^Signature.Length];
        Cell cell = Boc.Parse(bag);
        return Boc.Write(cell).AsSpan().SequenceEqual(bag)
            ? new SignedVoucher(Voucher.Read(cell), Signature.FromBytes(bytes[^Signature.Length..]))
            : throw new TonFormatException("voucher", "not in the one form that a voucher has");
    }
}
