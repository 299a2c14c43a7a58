using CocoonOrleans.Attestation.QuoteSources;
using CocoonOrleans.Attestation.Simulated.Worlds;

namespace CocoonOrleans.Attestation.Simulated.Quotes;

/// <summary>The quote service: <c>POST /quote</c>.</summary>
internal static class QuoteEndpoints
{
    public static void MapQuotes(this IEndpointRouteBuilder routes) => routes.MapPost("/quote", QuoteAsync);

    private static async Task<IResult> QuoteAsync(HttpRequest request, SimulatedPlatform platform, CancellationToken cancellationToken)
    {
        // The server takes no larger body; a smaller one leaves the buffer unfilled.
        var reportData = new byte[IQuoteSource.ReportDataBytes];
        var length = await request.Body.ReadAtLeastAsync(reportData, reportData.Length, throwOnEndOfStream: false, cancellationToken);
        return length == reportData.Length
            ? Results.Bytes(platform.Quote(reportData), "application/octet-stream")
            : Results.Text($"A quote is made for exactly {reportData.Length} bytes, not for {length}.", statusCode: StatusCodes.Status400BadRequest);
    }
}
