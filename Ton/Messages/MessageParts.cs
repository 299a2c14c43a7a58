using CocoonOrleans.Ton.Cells;

namespace CocoonOrleans.Ton.Messages;

/// <summary>The end of each message: Maybe (Either StateInit ^StateInit), then Either X ^X for the body.</summary>
internal static class MessageParts
{
    public static void StoreInit(CellBuilder builder, Cell? init, bool inline)
    {
        builder.StoreBit(init is not null);
        if (init is not null)
        {
            Store(builder, init, inline);
        }
    }

    public static void StoreBody(CellBuilder builder, Cell body, bool inline) => Store(builder, body, inline);

    public static (StateInit? Init, Cell Body) Read(CellSlice slice)
    {
        StateInit? init = null;
        if (slice.ReadBit("message.init"))
        {
            if (slice.ReadBit("message.init"))
            {
                CellSlice apart = slice.ReadReference("message.init").BeginRead();
                init = StateInit.Read(apart);
                apart.RequireEnd("message.init");
            }
            else
            {
                init = StateInit.Read(slice);
            }
        }

        if (!slice.ReadBit("message.body"))
        {
            return (init, slice.ReadRest());
        }

        Cell body = slice.ReadReference("message.body");
        slice.RequireEnd("message.body");
        return (init, body);
    }

    private static void Store(CellBuilder builder, Cell part, bool inline)
    {
        builder.StoreBit(!inline);
        if (inline)
        {
            builder.StoreContent(part);
        }
        else
        {
            builder.StoreReference(part);
        }
    }
}
