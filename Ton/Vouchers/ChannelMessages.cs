using CocoonOrleans.Market;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;

namespace CocoonOrleans.Ton.Vouchers;

/// <summary>
/// Bodies of the messages that a channel takes. Each carries a number of the sender's choice, which comes back in the answers, and at least
/// <see cref="LeastValue"/>; what isn't used comes back.
/// </summary>
public static class ChannelMessages
{
    /// <summary>What a message must carry for its gas, in nano: 0.03 coin.</summary>
    public static readonly Nano LeastValue = new(30_000_000);

    /// <summary>The least that is paid out, in nano: 0.002 coin.</summary>
    public static readonly Nano LeastPayout = new(2_000_000);

    /// <summary>What a call carries for its gas, in nano: 0.05 coin, of which the contract sends back what it doesn't use.</summary>
    public static readonly Nano CallGas = new(50_000_000);

    /// <summary>What a top-up carries beyond its amount for gas and the deployment, in nano: 0.1 coin; the rest comes back.</summary>
    public static readonly Nano TopUpGas = new(100_000_000);

    private const uint TopUpOp = 0x5e7d1001;
    private const uint ChargeOp = 0x5e7d1002;
    private const uint CloseBothOp = 0x5e7d1003;
    private const uint StartCloseOp = 0x5e7d1004;
    private const uint FinishCloseOp = 0x5e7d1005;
    private const uint AskWithdrawOp = 0x5e7d1006;
    private const uint DoWithdrawOp = 0x5e7d1007;

    /// <summary>Deposits; from anyone. The message carries at least the amount and <see cref="LeastValue"/>.</summary>
    public static Cell TopUp(ulong queryId, Nano amount) => Begin(TopUpOp, queryId).StoreCoins(amount).Build();

    /// <summary>Pays the payee what the voucher says beyond what it got; from anyone.</summary>
    public static Cell Charge(ulong queryId, SignedVoucher voucher)
    {
        ArgumentNullException.ThrowIfNull(voucher);
        return Begin(ChargeOp, queryId).StoreBytes(voucher.Signature.ToArray()).StoreReference(voucher.Voucher.ToCell()).Build();
    }

    /// <summary>Settles and closes at once; from anyone.</summary>
    public static Cell CloseBoth(ulong queryId, CooperativeClose close, Signature payer, Signature payee)
    {
        ArgumentNullException.ThrowIfNull(close);
        return Begin(CloseBothOp, queryId)
            .StoreBytes(payer.ToArray())
            .StoreReference(new CellBuilder().StoreBytes(payee.ToArray()).Build())
            .StoreReference(close.ToCell())
            .Build();
    }

    /// <summary>Starts the delay after which the payer may have the rest; from the payer's address.</summary>
    public static Cell StartClose(ulong queryId) => Begin(StartCloseOp, queryId).Build();

    /// <summary>Returns the rest to the payer after the delay; from anyone.</summary>
    public static Cell FinishClose(ulong queryId) => Begin(FinishCloseOp, queryId).Build();

    /// <summary>Asks to take back a part; from the payer's address. Zero takes the request back.</summary>
    public static Cell AskWithdraw(ulong queryId, Nano amount) => Begin(AskWithdrawOp, queryId).StoreCoins(amount).Build();

    /// <summary>Pays the part that was asked for after the delay; from anyone.</summary>
    public static Cell DoWithdraw(ulong queryId) => Begin(DoWithdrawOp, queryId).Build();

    /// <summary>What a message asks a channel for; null where it is none of the above.</summary>
    /// <param name="body">The message's body.</param>
    /// <returns>Its number, and what it deposits; null for the amount of one that deposits nothing.</returns>
    public static (ulong QueryId, Nano? Deposit)? Find(Cell body)
    {
        ArgumentNullException.ThrowIfNull(body);
        CellSlice slice = body.BeginRead();
        uint op = body.Kind != CellKind.Ordinary || slice.BitsLeft < 32 + 64 ? 0 : slice.ReadUInt32("op");
        if (op is < TopUpOp or > DoWithdrawOp)
        {
            return null;
        }

        ulong query = slice.ReadUInt(64, "query id");
        if (op != TopUpOp)
        {
            return (query, null);
        }

        try
        {
            return (query, slice.ReadCoins("amount"));
        }
        catch (TonFormatException)
        {
            return null;
        }
    }

    private static CellBuilder Begin(uint op, ulong queryId) => new CellBuilder().StoreUInt(op, 32).StoreUInt(queryId, 64);
}
