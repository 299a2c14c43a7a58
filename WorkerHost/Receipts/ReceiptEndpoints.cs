using System.Text.Json;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.WorkerHost.Receipts;

/// <summary>Where gateways fetch and acknowledge receipts.</summary>
internal static class ReceiptEndpoints
{
    public static void MapReceipts(this IEndpointRouteBuilder endpoints)
    {
        var receipts = endpoints.ServiceProvider.GetRequiredService<ReceiptStore>();
        endpoints.MapGet(TunnelRoutes.Receipts, (RequestDelegate)(context => JsonSerializer.SerializeAsync(
            context.Response.Body, new ReceiptPage(receipts.Oldest(ReceiptPage.MaxReceipts)), TunnelJson.Default.ReceiptPage, context.RequestAborted)));
        endpoints.MapPost(TunnelRoutes.Receipts + "/{jobId}/ack", (RequestDelegate)(context =>
        {
            receipts.Acknowledge((string)context.Request.RouteValues["jobId"]!);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }));
    }
}
