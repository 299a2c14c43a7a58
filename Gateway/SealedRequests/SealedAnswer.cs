using CocoonOrleans.Gateway.Dispatch;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Receipts;

namespace CocoonOrleans.Gateway.SealedRequests;

/// <summary>Passes a sealed answer on, byte by byte. Status and headers go out with the first of them.</summary>
/// <param name="http">The request to answer.</param>
public sealed class SealedAnswer(HttpContext http) : IJobAnswer
{
    private readonly Bytes _bytes = new(http);

    /// <inheritdoc/>
    public bool HasDelivered => _bytes.HasBegun;

    /// <summary>Whether the worker's stream came to its end: then what it says, good or bad, is sealed in it.</summary>
    public bool HasEnded { get; set; }

    /// <inheritdoc/>
    public AnswerReader Begin() => _bytes;

    /// <summary>Says what the job pays, before its answer begins.</summary>
    public void Price(TokenPrices price) => http.Response.Headers[SealedHttp.PricesHeader] =
        SealedHttp.Write(new ReceiptPrices(price.Prompt.Value, price.Cached.Value, price.Completion.Value, price.Request.Value));

    private sealed class Bytes(HttpContext http) : AnswerReader
    {
        private long _count;

        /// <summary>A bound: no answer has more tokens than bytes.</summary>
        public override int CountTokens() => (int)Math.Min(_count, int.MaxValue);

        public override async ValueTask<string?> TakeAsync(ReadOnlyMemory<byte> bytes)
        {
            if (!HasBegun)
            {
                HasBegun = true;
                http.Response.ContentType = SealedHttp.MediaType;
                http.Response.Headers.CacheControl = "no-store";
                http.Response.Headers["X-Accel-Buffering"] = "no";
            }

            _count += bytes.Length;
            // Once the client has left, the server drops what is written; whoever runs the job sees it in time.
            await http.Response.BodyWriter.WriteAsync(bytes, CancellationToken.None);
            return null;
        }
    }
}
