using CocoonOrleans.Market;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;

namespace CocoonOrleans.Ton.Messages;

/// <summary>A message as it stands in a transaction.</summary>
public sealed record Message
{
    private const uint OldBounceOp = 0xffffffff;
    private const uint NewBounceOp = 0xfffffffe;

    /// <summary>Where it comes from and goes to.</summary>
    public required MessageKind Kind { get; init; }

    /// <summary>The contract that sent it; none from outside.</summary>
    public TonAddress? Source { get; private init; }

    /// <summary>The contract that it is for; none to outside.</summary>
    public TonAddress? Destination { get; private init; }

    /// <summary>What it carries, in nano; other currencies are not money of ours.</summary>
    public Nano Value { get; private init; }

    /// <summary>Whether it comes back when its destination fails.</summary>
    public bool Bounce { get; private init; }

    /// <summary>Whether it came back. Its value is no deposit.</summary>
    public bool Bounced { get; private init; }

    /// <summary>What the way to the destination still costs, in nano.</summary>
    public Nano ForwardFee { get; private init; }

    /// <summary>Logical time; 0 from outside.</summary>
    public ulong CreatedLt { get; private init; }

    /// <summary>Code and data that came with it.</summary>
    public StateInit? Init { get; private init; }

    /// <summary>What it says.</summary>
    public required Cell Body { get; init; }

    /// <summary>The op, or null where the body is shorter than 32 bits.</summary>
    public uint? Op => Body.Kind == CellKind.Ordinary && Body.BitLength >= 32 ? Body.BeginRead().ReadUInt32("body.op") : null;

    /// <summary>Whether the body says that it came back, in the old form or the one of 2025.</summary>
    public bool IsBounceBody => Op is OldBounceOp or NewBounceOp;

    /// <summary>Reads a message.</summary>
    /// <exception cref="TonFormatException">The cell is no message.</exception>
    public static Message Read(Cell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        if (cell.Kind != CellKind.Ordinary)
        {
            throw new TonFormatException("message", "an exotic cell");
        }

        CellSlice slice = cell.BeginRead();
        return !slice.ReadBit("message.kind") ? ReadInternal(slice) : !slice.ReadBit("message.kind") ? ReadExternalIn(slice) : ReadExternalOut(slice);
    }

    private static Message ReadInternal(CellSlice slice)
    {
        slice.ReadBit("message.ihr disabled");
        bool bounce = slice.ReadBit("message.bounce");
        bool bounced = slice.ReadBit("message.bounced");
        TonAddress? source = slice.ReadAddress("message.source");
        TonAddress destination = slice.RequireAddress("message.destination");
        Nano value = ReadCurrencies(slice, "message.value");
        slice.ReadCoins("message.extra flags");
        Nano forwardFee = slice.ReadCoins("message.forward fee");
        ulong createdLt = slice.ReadUInt(64, "message.created lt");
        slice.ReadUInt32("message.created at");
        (StateInit? init, Cell body) = MessageParts.Read(slice);
        return new Message
        {
            Kind = MessageKind.Internal,
            Source = source,
            Destination = destination,
            Value = value,
            Bounce = bounce,
            Bounced = bounced,
            ForwardFee = forwardFee,
            CreatedLt = createdLt,
            Init = init,
            Body = body,
        };
    }

    private static Message ReadExternalIn(CellSlice slice)
    {
        SkipExternalAddress(slice, "message.source");
        TonAddress destination = slice.RequireAddress("message.destination");
        slice.ReadCoins("message.import fee");
        (StateInit? init, Cell body) = MessageParts.Read(slice);
        return new Message { Kind = MessageKind.ExternalIn, Destination = destination, Init = init, Body = body };
    }

    private static Message ReadExternalOut(CellSlice slice)
    {
        TonAddress? source = slice.ReadAddress("message.source");
        SkipExternalAddress(slice, "message.destination");
        ulong createdLt = slice.ReadUInt(64, "message.created lt");
        slice.ReadUInt32("message.created at");
        (StateInit? init, Cell body) = MessageParts.Read(slice);
        return new Message { Kind = MessageKind.ExternalOut, Source = source, CreatedLt = createdLt, Init = init, Body = body };
    }

    /// <summary>Coins, and a dictionary of other currencies that nothing of ours takes.</summary>
    internal static Nano ReadCurrencies(CellSlice slice, string field)
    {
        Nano coins = slice.ReadCoins(field);
        slice.ReadMaybeReference(field);
        return coins;
    }

    private static void SkipExternalAddress(CellSlice slice, string field)
    {
        switch (slice.ReadUInt(2, field))
        {
            case 0b00:
                return;
            case 0b01:
                slice.ReadBits((int)slice.ReadUInt(9, field), field);
                return;
            default:
                throw new TonFormatException(field, "neither an external address nor none");
        }
    }
}
