using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Messages;
using CocoonOrleans.Ton.Signatures;

namespace CocoonOrleans.Ton.Wallets;

/// <summary>The wallet that many clients still have: v4, revision 2. Up to four messages in one transaction; no network in its id.</summary>
public sealed class WalletV4R2
{
    /// <summary>The most messages in one transfer.</summary>
    public const int MaxTransfers = 4;

    private const string CodeHash = "feb5ff6820e2ff0d9483e7e0d62c817d846789fb4ae580c878866d959dabd5c0";
    private const uint DefaultSubwallet = 698_983_191;

    private static readonly Lazy<Cell> Code = new(() => EmbeddedCode.Load(nameof(WalletV4R2), CodeHash));

    private readonly uint _subwallet;

    /// <param name="key">Who may tell it what to do.</param>
    /// <param name="workchain">0, or -1 for the masterchain.</param>
    public WalletV4R2(PublicKey key, int workchain = 0)
    {
        Key = key;
        _subwallet = unchecked((uint)((int)DefaultSubwallet + workchain));
        Init = new StateInit(Code.Value, new CellBuilder()
            .StoreUInt(0, 32)
            .StoreUInt(_subwallet, 32)
            .StoreBits256(key.Bits)
            .StoreBit(false) // plugins
            .Build());
        Address = Init.AddressIn(workchain);
    }

    /// <summary>Who may tell it what to do.</summary>
    public PublicKey Key { get; }

    /// <summary>Code and first data.</summary>
    public StateInit Init { get; }

    /// <summary>Its address.</summary>
    public TonAddress Address { get; }

    /// <summary>A signed transfer: the body of an external message.</summary>
    /// <param name="key">The wallet's key.</param>
    /// <param name="seqno">The wallet's counter; each value works once.</param>
    /// <param name="validUntil">Unix time in seconds from which on it is refused; a real one, also the first time.</param>
    /// <param name="transfers">1 to 4 messages.</param>
    /// <exception cref="ArgumentException">A key of another wallet, or too many messages.</exception>
    public Cell SignTransfer(SigningKey key, uint seqno, uint validUntil, IReadOnlyList<WalletTransfer> transfers)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(transfers);
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.PublicKey, Key, nameof(key));
        ArgumentOutOfRangeException.ThrowIfZero(transfers.Count, nameof(transfers));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(transfers.Count, MaxTransfers, nameof(transfers));
        ArgumentOutOfRangeException.ThrowIfEqual(validUntil, uint.MaxValue);

        var builder = new CellBuilder()
            .StoreUInt(_subwallet, 32)
            .StoreUInt(validUntil, 32)
            .StoreUInt(seqno, 32)
            .StoreUInt(0, 8); // send messages
        foreach (WalletTransfer transfer in transfers)
        {
            builder.StoreUInt((ulong)transfer.Mode, 8).StoreReference(transfer.Message.ToCell());
        }

        Cell signed = builder.Build();
        return new CellBuilder().StoreBytes(key.Sign(signed).ToArray()).StoreContent(signed).Build();
    }

    /// <summary>The external message around a signed transfer; the first one deploys the wallet.</summary>
    public ExternalMessage Wrap(Cell transfer, uint seqno) => new(Address, transfer, seqno == 0 ? Init : null);
}
