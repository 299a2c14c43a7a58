using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Ton.Providers;

/// <summary>A provider's signature of a close that the operator offered.</summary>
/// <param name="Close">What both sign.</param>
/// <param name="Payee">The provider's signature of it.</param>
public sealed record CloseAnswer(CooperativeClose Close, Signature Payee)
{
    /// <summary>The value of a request of kind <see cref="ProviderRequestKind.Close"/>.</summary>
    public Cell ToCell() => new CellBuilder().StoreBytes(Payee.ToArray()).StoreReference(Close.ToCell()).Build();

    /// <summary>Reads it; the signature is not checked.</summary>
    /// <exception cref="TonFormatException">It is anything else.</exception>
    public static CloseAnswer Read(Cell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        CellSlice slice = cell.BeginRead();
        var signature = Signature.FromBytes([.. slice.ReadBits256("answer.signature").ToArray(), .. slice.ReadBits256("answer.signature").ToArray()]);
        var close = CooperativeClose.Read(slice.ReadReference("answer.close"));
        slice.RequireEnd("answer");
        return new CloseAnswer(close, signature);
    }
}
