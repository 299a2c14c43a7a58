using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;

namespace CocoonOrleans.Gateway.Chat;

/// <summary>Server-sent events (WHATWG HTML, 9.2), each flushed at once. Not thread-safe.</summary>
/// <param name="output">Where the bytes go; not completed.</param>
public sealed class SseWriter(PipeWriter output)
{
    private const int MaxDigits = 10;

    /// <summary>The data of the event that ends a good answer.</summary>
    public static ReadOnlySpan<byte> Done => "[DONE]"u8;

    /// <summary>Writes an event whose data is one line.</summary>
    /// <param name="line">The data, without line breaks.</param>
    /// <param name="id">The event's number; null where the stream can't be taken up again.</param>
    /// <returns>False where the client is gone.</returns>
    public ValueTask<bool> WriteDataAsync(ReadOnlySpan<byte> line, int? id = null)
    {
        if (id is { } number)
        {
            output.Write("id: "u8);
            output.Advance(WriteNumber(output.GetSpan(MaxDigits), number));
            output.Write("\n"u8);
        }

        output.Write("data: "u8);
        output.Write(line);
        output.Write("\n\n"u8);
        return FlushAsync();
    }

    /// <summary>Writes a comment that says that the stream is alive.</summary>
    /// <returns>False where the client is gone.</returns>
    public ValueTask<bool> WriteKeepAliveAsync()
    {
        output.Write(": keep-alive\n\n"u8);
        return FlushAsync();
    }

    private static int WriteNumber(Span<byte> to, int number)
    {
        Utf8Formatter.TryFormat(number, to, out int length);
        return length;
    }

    private async ValueTask<bool> FlushAsync()
    {
        FlushResult result = await output.FlushAsync();
        return !result.IsCompleted && !result.IsCanceled;
    }
}
