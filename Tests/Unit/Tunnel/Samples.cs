using CocoonOrleans.Tunnel.Messages;
using Microsoft.AspNetCore.Http;

namespace CocoonOrleans.Tests.Unit.Tunnel;

/// <summary>Valid messages to begin from.</summary>
public static class Samples
{
    public static JobDispatch Dispatch(string jobId = "job-1") => new(
        jobId, "lease-1", "house", "chatcmpl-1", DateTimeOffset.FromUnixTimeSeconds(1_800_000_000), 64,
        DateTimeOffset.FromUnixTimeSeconds(1_800_000_100), new OfferedPrices(10, 5, 20, 1), "dGVybXM");

    public static KeptReceipt Receipt { get; } = new("job-1", "lease-1", [1, 2, 3], new byte[KeptReceipt.SignatureBytes], "dGVybXM");

    /// <summary>A job that answers with some bytes, each piece at once.</summary>
    public static async Task AnswerAsync(HttpContext context, params byte[][] pieces)
    {
        foreach (byte[] piece in pieces)
        {
            await context.Response.Body.WriteAsync(piece, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }
}
