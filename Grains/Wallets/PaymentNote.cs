using System.Globalization;
using System.Text;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ton.Cells;

namespace CocoonOrleans.Grains.Wallets;

/// <summary>
/// The text that stands beside coins which leave a wallet of ours: <c>payout</c> with the number of its intent, or <c>refund</c> with the number of the
/// deposit. It makes the message one of its kind, and tells a book that has forgotten it what it was for.
/// </summary>
internal static class PaymentNote
{
    private const string PayoutWord = "payout ";
    private const string RefundWord = "refund ";

    /// <summary>The body of a payout.</summary>
    public static Cell OfPayout(Guid intentId) => Text(PayoutWord, PlaceIntent.QueryIdOf(intentId));

    /// <summary>The body of a deposit that is sent back. No memo: an exchange would look for its own in it.</summary>
    public static Cell OfRefund(long deposit) => Text(RefundWord, deposit);

    /// <summary>The number of the intent in a payout's body; null where it is none.</summary>
    public static long? FindPayout(Cell body) => Find(body, PayoutWord);

    /// <summary>The number of the deposit in a refund's body; null where it is none.</summary>
    public static long? FindRefund(Cell body) => Find(body, RefundWord);

    private static Cell Text(string word, long number) => new CellBuilder()
        .StoreUInt(0, 32)
        .StoreBytes(Encoding.ASCII.GetBytes(word + number.ToString(CultureInfo.InvariantCulture)))
        .Build();

    private static long? Find(Cell body, string word)
    {
        CellSlice slice = body.BeginRead();
        if (body.Kind != CellKind.Ordinary || body.References.Length > 0 || slice.BitsLeft < 32 || slice.BitsLeft % 8 != 0 || slice.ReadUInt32("note.op") != 0)
        {
            return null;
        }

        string text = Encoding.ASCII.GetString(slice.ReadBytes(slice.BitsLeft / 8, "note.text"));
        return text.StartsWith(word, StringComparison.Ordinal)
            && long.TryParse(text.AsSpan(word.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
    }
}
