namespace CocoonOrleans.Gateway.Dispatch;

/// <summary>
/// Takes the server-sent events of an answer out of its bytes, wherever these are cut. Every event must be one line of data, as workers write them. Takes any
/// bytes; never throws over them.
/// </summary>
internal sealed class EventSplitter
{
    /// <summary>Most bytes of an event: a chunk of 32 KiB and what is around it.</summary>
    public const int MaxEventBytes = 33 << 10;

    private byte[] _rest = [];
    private int _length;

    private static ReadOnlySpan<byte> Prefix => "data: "u8;

    private static ReadOnlySpan<byte> End => "\n\n"u8;

    /// <summary>Takes the next bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="take">Gets the data of each event that is whole, valid during the call; returns a short code of what is wrong with it, or null.</param>
    /// <returns>The first fault; null where there is none.</returns>
    public async ValueTask<string?> TakeAsync(ReadOnlyMemory<byte> bytes, Func<ReadOnlyMemory<byte>, ValueTask<string?>> take)
    {
        // As a rule an event begins where the bytes do, and nothing is copied.
        ReadOnlyMemory<byte> left = _length == 0 ? bytes : Join(bytes);
        while (left.Span.IndexOf(End) is >= 0 and var end)
        {
            if (!left.Span.StartsWith(Prefix) || end > MaxEventBytes)
            {
                return "no_event";
            }

            if (await take(left[Prefix.Length..end]) is { } fault)
            {
                return fault;
            }

            left = left[(end + End.Length)..];
        }

        if (left.Length > MaxEventBytes)
        {
            return "event_too_long";
        }

        Keep(left.Span);
        return null;
    }

    private ReadOnlyMemory<byte> Join(ReadOnlyMemory<byte> bytes)
    {
        byte[] joined = [.. _rest.AsSpan(0, _length), .. bytes.Span];
        _length = 0;
        return joined;
    }

    private void Keep(ReadOnlySpan<byte> left)
    {
        if (_rest.Length < left.Length)
        {
            _rest = new byte[Math.Min(MaxEventBytes, left.Length * 2)];
        }

        left.CopyTo(_rest);
        _length = left.Length;
    }
}
