using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace CocoonOrleans.Gateway.Responses;

/// <summary>Writes the events of a response to a client for as long as they come, with a comment after each long silence.</summary>
internal static class ResponseEventWriter
{
    /// <summary>Writes events until the last one is out or the client has left.</summary>
    /// <param name="http">The request to answer; its status is settled with the first bytes.</param>
    /// <param name="log">The events.</param>
    /// <param name="from">The number of the first one.</param>
    /// <param name="keepAlive">After so long a silence a comment is sent.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The number of the next event.</returns>
    public static async Task<int> WriteAsync(HttpContext http, ResponseLog log, int from, TimeSpan keepAlive, TimeProvider time)
    {
        CancellationToken left = http.RequestAborted;
        try
        {
            while (!left.IsCancellationRequested)
            {
                (IReadOnlyList<ResponseEvent> events, bool ended, Task changed) = log.Read(from);
                foreach (ResponseEvent one in events)
                {
                    if (!await WriteAsync(http, one))
                    {
                        return from;
                    }

                    from++;
                }

                if (ended && events.Count == 0)
                {
                    break;
                }

                if (events.Count == 0)
                {
                    try
                    {
                        await changed.WaitAsync(keepAlive, time, left);
                    }
                    catch (TimeoutException)
                    {
                        Begin(http);
                        http.Response.BodyWriter.Write(": keep-alive\n\n"u8);
                        await http.Response.BodyWriter.FlushAsync(left);
                    }
                }
            }
        }
        catch (OperationCanceledException) when (left.IsCancellationRequested)
        {
            // There is nobody to write to.
        }

        return from;
    }

    private static async Task<bool> WriteAsync(HttpContext http, ResponseEvent one)
    {
        Begin(http);
        PipeWriter output = http.Response.BodyWriter;
        output.Write("event: "u8);
        Encoding.ASCII.GetBytes(one.Type, output);
        output.Write("\ndata: "u8);
        output.Write(one.Json);
        output.Write("\n\n"u8);
        FlushResult flushed = await output.FlushAsync(http.RequestAborted);
        return !flushed.IsCompleted && !flushed.IsCanceled;
    }

    private static void Begin(HttpContext http)
    {
        if (http.Response.HasStarted)
        {
            return;
        }

        http.Response.ContentType = "text/event-stream; charset=utf-8";
        http.Response.Headers.CacheControl = "no-cache";
        http.Response.Headers["X-Accel-Buffering"] = "no";
    }
}
