using CocoonOrleans.Market;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;

namespace CocoonOrleans.Ton.Messages;

/// <summary>A message from outside of the chain, which carries no coins: how a wallet is told what to do.</summary>
/// <param name="Destination">Where to.</param>
/// <param name="Body">What it says; its hash is how its transaction is found.</param>
/// <param name="Init">Code and data to deploy with it, the first time.</param>
public sealed record ExternalMessage(TonAddress Destination, Cell Body, StateInit? Init = null)
{
    /// <summary>The message as a cell (ext_in_msg_info).</summary>
    public Cell ToCell()
    {
        var builder = new CellBuilder()
            .StoreUInt(0b10, 2)
            .StoreAddress(null)
            .StoreAddress(Destination)
            .StoreCoins(Nano.Zero); // import fee

        Cell? init = Init?.ToCell();
        bool initInline = init is not null && builder.BitsLeft - 2 >= init.BitLength + Body.BitLength;
        MessageParts.StoreInit(builder, init, initInline);
        bool bodyInline = builder.BitsLeft - 1 >= Body.BitLength && builder.ReferencesLeft >= Body.References.Length;
        MessageParts.StoreBody(builder, Body, bodyInline);
        return builder.Build();
    }
}
