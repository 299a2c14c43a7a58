using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Messages;
using CocoonOrleans.Ton.Signatures;

namespace CocoonOrleans.Ton.Wallets;

/// <summary>
/// The wallet that we use: W5, revision 1. Up to 255 messages in one transaction; its id binds it to one network, so that nothing it signs is
/// valid on another.
/// </summary>
public sealed class WalletV5R1
{
    /// <summary>The most messages in one transfer.</summary>
    public const int MaxTransfers = 255;

    /// <summary>Exit code of a transfer that came too late.</summary>
    public const int ExitExpired = 136;

    private const string CodeHash = "20834b7b72b112147e1b2fb457b84e74d1a30f04f737d4f62a668e9552d2b72f";
    private const uint SignedExternalOp = 0x7369676e;
    private const uint SendMessageAction = 0x0ec3c86d;

    private static readonly Lazy<Cell> Code = new(() => EmbeddedCode.Load(nameof(WalletV5R1), CodeHash));

    /// <param name="key">Who may tell it what to do.</param>
    /// <param name="network">See <see cref="TonNetwork"/>.</param>
    /// <param name="workchain">0, or -1 for the masterchain.</param>
    /// <param name="subwallet">0 to 32,767: another wallet of the same key.</param>
    public WalletV5R1(PublicKey key, int network, int workchain = 0, int subwallet = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(subwallet);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(subwallet, short.MaxValue);
        Key = key;
        // A bit that says who made the id (a client), the workchain, the version of the wallet (0), the subwallet.
        uint context = 0x8000_0000 | ((unchecked((uint)workchain) & 0xff) << 23) | (uint)subwallet;
        WalletId = unchecked((uint)network) ^ context;
        Init = new StateInit(Code.Value, new CellBuilder()
            .StoreBit(true) // signatures are allowed
            .StoreUInt(0, 32)
            .StoreUInt(WalletId, 32)
            .StoreBits256(key.Bits)
            .StoreBit(false) // extensions
            .Build());
        Address = Init.AddressIn(workchain);
    }

    /// <summary>Who may tell it what to do.</summary>
    public PublicKey Key { get; }

    /// <summary>Its id: network, workchain and subwallet in one number.</summary>
    public uint WalletId { get; }

    /// <summary>Code and first data.</summary>
    public StateInit Init { get; }

    /// <summary>Its address.</summary>
    public TonAddress Address { get; }

    /// <summary>The counter, from the wallet's own data: sigAllowed:1 seqno:32 walletId:32 key:256 extensions.</summary>
    /// <exception cref="TonFormatException">It is another contract's data.</exception>
    public static uint ReadSeqno(Cell data)
    {
        ArgumentNullException.ThrowIfNull(data);
        CellSlice slice = data.BeginRead();
        slice.ReadBit("wallet.signatures allowed");
        return slice.ReadUInt32("wallet.seqno");
    }

    /// <summary>A signed transfer: the body of an external message.</summary>
    /// <param name="key">The wallet's key.</param>
    /// <param name="seqno">The wallet's counter; each value works once.</param>
    /// <param name="validUntil">Unix time in seconds from which on it is refused. Must be real also for the first one: client libraries write
    /// ffffffff there, and such a message never expires.</param>
    /// <param name="transfers">Up to 255 messages, none to deploy the wallet and nothing more; each with <see cref="SendMode.IgnoreErrors"/>, which the wallet demands.</param>
    /// <exception cref="ArgumentException">A key of another wallet, too many messages, or a mode that the wallet refuses.</exception>
    public Cell SignTransfer(SigningKey key, uint seqno, uint validUntil, IReadOnlyList<WalletTransfer> transfers)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(transfers);
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.PublicKey, Key, nameof(key));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(transfers.Count, MaxTransfers, nameof(transfers));
        ArgumentOutOfRangeException.ThrowIfEqual(validUntil, uint.MaxValue);

        Cell actions = Cell.Empty;
        foreach (WalletTransfer transfer in transfers)
        {
            if (!transfer.Mode.HasFlag(SendMode.IgnoreErrors))
            {
                throw new ArgumentException("W5 takes no message from outside without the mode IgnoreErrors.", nameof(transfers));
            }

            actions = new CellBuilder()
                .StoreReference(actions)
                .StoreUInt(SendMessageAction, 32)
                .StoreUInt((ulong)transfer.Mode, 8)
                .StoreReference(transfer.Message.ToCell())
                .Build();
        }

        var signed = new CellBuilder()
            .StoreUInt(SignedExternalOp, 32)
            .StoreUInt(WalletId, 32)
            .StoreUInt(validUntil, 32)
            .StoreUInt(seqno, 32)
            .StoreMaybeReference(transfers.Count == 0 ? null : actions)
            .StoreBit(false) // other actions
            .Build();
        return new CellBuilder().StoreContent(signed).StoreBytes(key.Sign(signed).ToArray()).Build();
    }

    /// <summary>The external message around a signed transfer; the first one deploys the wallet.</summary>
    public ExternalMessage Wrap(Cell transfer, uint seqno) => new(Address, transfer, seqno == 0 ? Init : null);
}
