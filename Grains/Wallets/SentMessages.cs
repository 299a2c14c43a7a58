using CocoonOrleans.Ledger.Wallets;
using CocoonOrleans.Ton.Cells;

namespace CocoonOrleans.Grains.Wallets;

/// <summary>
/// Which intents a wallet's transaction sent. A counter that grew proves only that the wallet ran: a message that its coins don't cover is left out in
/// silence, so each one is looked for among those that went out, in order.
/// </summary>
internal static class SentMessages
{
    /// <summary>Finds the intents.</summary>
    /// <param name="payments">What went out.</param>
    /// <param name="carried">What the signed bytes carried.</param>
    /// <returns>The intents that left, and what else did.</returns>
    public static (IReadOnlyList<SentIntent> Sent, IReadOnlyList<WalletPayment> Others) Match(IReadOnlyList<WalletPayment> payments, IReadOnlyList<Intent> carried)
    {
        List<SentIntent> sent = [];
        List<WalletPayment> others = [];
        int next = 0;
        foreach (WalletPayment payment in payments)
        {
            int found = Find(payment, carried, next);
            if (found < 0)
            {
                others.Add(payment);
            }
            else
            {
                sent.Add(new SentIntent(carried[found], payment.Lt));
                next = found + 1;
            }
        }

        return (sent, others);
    }

    private static int Find(WalletPayment payment, IReadOnlyList<Intent> carried, int from)
    {
        for (int i = from; i < carried.Count; i++)
        {
            if (carried[i].Destination == payment.Destination
                && carried[i].Value == payment.Value
                && Boc.Parse(carried[i].Body.Span).Hash == new Bits256(payment.BodyHash.Span))
            {
                return i;
            }
        }

        return -1;
    }
}
