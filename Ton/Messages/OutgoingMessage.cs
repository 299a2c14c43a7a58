using CocoonOrleans.Market;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;

namespace CocoonOrleans.Ton.Messages;

/// <summary>A message that a wallet is told to send. The validators fill in sender, fees and times.</summary>
/// <param name="Destination">Where to.</param>
/// <param name="Value">What it carries, in nano.</param>
/// <param name="Body">What it says; <see cref="Cell.Empty"/> for a plain transfer.</param>
/// <param name="Bounce">Whether the value comes back when the contract fails or isn't there. False for a wallet not yet deployed.</param>
/// <param name="Init">Code and data to deploy with it.</param>
public sealed record OutgoingMessage(TonAddress Destination, Nano Value, Cell Body, bool Bounce = true, StateInit? Init = null)
{
    /// <summary>The message as a cell (MessageRelaxed). What fits stands in the cell itself, as TON's JavaScript library does it.</summary>
    public Cell ToCell()
    {
        var builder = new CellBuilder()
            .StoreBit(false) // internal
            .StoreBit(true) // hypercube routing is off, as everywhere
            .StoreBit(Bounce)
            .StoreBit(false) // bounced
            .StoreAddress(null)
            .StoreAddress(Destination)
            .StoreCoins(Value)
            .StoreBit(false) // other currencies
            .StoreCoins(Nano.Zero) // extra_flags, before: ihr_fee
            .StoreCoins(Nano.Zero)
            .StoreUInt(0, 64)
            .StoreUInt(0, 32);

        Cell? init = Init?.ToCell();
        bool initInline = init is not null && builder.BitsLeft - 2 >= init.BitLength;
        MessageParts.StoreInit(builder, init, initInline);
        bool bodyInline = builder.BitsLeft - 1 >= Body.BitLength
            && builder.ReferencesLeft >= Body.References.Length
            && Body.Kind == CellKind.Ordinary;
        MessageParts.StoreBody(builder, Body, bodyInline);
        return builder.Build();
    }
}
