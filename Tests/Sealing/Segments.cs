using System.Buffers;

namespace CocoonOrleans.Tests.Sealing;

/// <summary>Bytes as they come from a network: in pieces.</summary>
internal static class Segments
{
    public static ReadOnlySequence<byte> Of(ReadOnlySpan<byte> bytes, int length)
    {
        if (bytes.Length <= length)
        {
            return new ReadOnlySequence<byte>(bytes.ToArray());
        }

        var first = new Segment(bytes[..length].ToArray(), null);
        var last = first;
        for (var at = length; at < bytes.Length; at += length)
        {
            last = new Segment(bytes.Slice(at, Math.Min(length, bytes.Length - at)).ToArray(), last);
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes, Segment? before)
        {
            Memory = bytes;
            if (before is not null)
            {
                RunningIndex = before.RunningIndex + before.Memory.Length;
                before.Next = this;
            }
        }
    }
}
