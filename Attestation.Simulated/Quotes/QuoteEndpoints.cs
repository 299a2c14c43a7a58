using CocoonOrleans.Attestation.QuoteSources;
using CocoonOrleans.Attestation.Simulated.Worlds;

namespace CocoonOrleans.Attestation.Simulated.Quotes;

/// <summary>
/// The quote service: <c>POST /quote</c>, and what a real TD has in its processor, RTMR3: <c>GET</c> and <c>POST /rtmr3</c>. With <c>?td=NAME</c> it plays one TD for each name;
/// without a name it plays one for all, whose RTMR3 is zero.
/// </summary>
internal static class QuoteEndpoints
{
    private const int DigestBytes = 48;

    public static void MapQuotes(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/quote", QuoteAsync);
        routes.MapGet("/rtmr3", (string? td, SimulatedRegisters registers) => SimulatedRegisters.IsName(td) ? Bytes(registers.Read(td)) : NoName());
        routes.MapPost("/rtmr3", ExtendAsync);
    }

    private static async Task<IResult> QuoteAsync(HttpRequest request, string? td, SimulatedPlatform platform, SimulatedRegisters registers, CancellationToken cancellationToken)
    {
        // The server takes no larger body; a smaller one leaves the buffer unfilled.
        var reportData = new byte[IQuoteSource.ReportDataBytes];
        var length = await request.Body.ReadAtLeastAsync(reportData, reportData.Length, throwOnEndOfStream: false, cancellationToken);
        return length != reportData.Length ? Results.Text($"A quote is made for exactly {reportData.Length} bytes, not for {length}.", statusCode: StatusCodes.Status400BadRequest)
            : td is null ? Bytes(platform.Quote(reportData))
            : SimulatedRegisters.IsName(td) ? Bytes(platform.Quote(reportData, registers.Read(td)))
            : NoName();
    }

    private static async Task<IResult> ExtendAsync(HttpRequest request, string? td, SimulatedRegisters registers, CancellationToken cancellationToken)
    {
        if (!SimulatedRegisters.IsName(td))
        {
            return NoName();
        }

        var digest = new byte[DigestBytes + 1];
        var length = await request.Body.ReadAtLeastAsync(digest, digest.Length, throwOnEndOfStream: false, cancellationToken);
        return length != DigestBytes ? Results.Text($"A register is extended by exactly {DigestBytes} bytes.", statusCode: StatusCodes.Status400BadRequest)
            : Bytes(registers.Extend(td, digest.AsSpan(0, DigestBytes)));
    }

    private static IResult Bytes(byte[] bytes) => Results.Bytes(bytes, "application/octet-stream");

    private static IResult NoName() => Results.Text("Name the TD: ?td=NAME, 1 to 64 of a-z, 0-9 and '-'.", statusCode: StatusCodes.Status400BadRequest);
}
