using System.Text.Json;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Usage;

namespace CocoonOrleans.WorkerHost.Usage;

/// <summary>Where gateways fetch and acknowledge usage reports.</summary>
internal static class UsageReportEndpoints
{
    public static void MapUsageReports(this IEndpointRouteBuilder endpoints)
    {
        var reports = endpoints.ServiceProvider.GetRequiredService<UsageReportStore>();
        endpoints.MapGet(TunnelRoutes.UsageReports, (RequestDelegate)(context => JsonSerializer.SerializeAsync(
            context.Response.Body, new UsageReportPage(reports.Oldest(UsageReportPage.MaxReports)), TunnelJson.Default.UsageReportPage, context.RequestAborted)));
        endpoints.MapPost(TunnelRoutes.UsageReports + "/{jobId}/ack", (RequestDelegate)(context =>
        {
            reports.Acknowledge((string)context.Request.RouteValues["jobId"]!);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }));
    }
}
