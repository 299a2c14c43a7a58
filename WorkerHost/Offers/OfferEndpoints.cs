using System.Text.Json;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.WorkerHost.Offers;

/// <summary>Where gateways fetch offers, and say what became of them.</summary>
internal static class OfferEndpoints
{
    public static void MapOffers(this IEndpointRouteBuilder endpoints)
    {
        var offers = endpoints.ServiceProvider.GetRequiredService<StandingOffers>();
        endpoints.MapGet(TunnelRoutes.Offers, (RequestDelegate)(context =>
            JsonSerializer.SerializeAsync(context.Response.Body, offers.Page, TunnelJson.Default.OfferPage, context.RequestAborted)));
        endpoints.MapPost($"{TunnelRoutes.Offers}/verdicts", (RequestDelegate)(async context =>
        {
            if (await ReadAsync(context.Request, context.RequestAborted) is not { } verdicts)
            {
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                return;
            }

            offers.Hear(verdicts);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }));
    }

    private static async Task<OfferVerdicts?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength is null or > OfferVerdicts.MaxBytes)
        {
            return null;
        }

        try
        {
            OfferVerdicts? verdicts = await JsonSerializer.DeserializeAsync(request.Body, TunnelJson.Default.OfferVerdicts, cancellationToken);
            verdicts?.Validate();
            return verdicts;
        }
        catch (Exception e) when (e is JsonException or TunnelProtocolException)
        {
            return null;
        }
    }
}
