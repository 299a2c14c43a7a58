using System.Buffers;
using System.IO.Pipelines;

namespace CocoonOrleans.Gateway.Chat;

/// <summary>Server-sent events (WHATWG HTML, 9.2), each flushed at once. Not thread-safe.</summary>
/// <param name="output">Where the bytes go; not completed.</param>
public sealed class SseWriter(PipeWriter output)
{
    /// <summary>Writes an event whose data is one line.</summary>
    /// <param name="line">The data, without line breaks.</param>
    /// <returns>False where the client is gone.</returns>
    public ValueTask<bool> WriteDataAsync(ReadOnlySpan<byte> line)
    {
        output.Write("data: "u8);
        output.Write(line);
        output.Write("\n\n"u8);
        return FlushAsync();
    }

    /// <summary>Writes the event that ends a good answer.</summary>
    /// <returns>False where the client is gone.</returns>
    public ValueTask<bool> WriteDoneAsync() => WriteDataAsync("[DONE]"u8);

    /// <summary>Writes a comment that says that the stream is alive.</summary>
    /// <returns>False where the client is gone.</returns>
    public ValueTask<bool> WriteKeepAliveAsync()
    {
        output.Write(": keep-alive\n\n"u8);
        return FlushAsync();
    }

    private async ValueTask<bool> FlushAsync()
    {
        FlushResult result = await output.FlushAsync();
        return !result.IsCompleted && !result.IsCanceled;
    }
}
