using System.Text.Json;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.WorkerHost.Vouchers;

/// <summary>Where gateways leave vouchers.</summary>
internal static class VoucherEndpoint
{
    private const int MaxBodyBytes = 1024;

    public static void MapVouchers(this IEndpointRouteBuilder endpoints)
    {
        var store = endpoints.ServiceProvider.GetRequiredService<VoucherStore>();
        endpoints.MapPost(TunnelRoutes.Voucher, (RequestDelegate)(async context =>
        {
            if (await ReadAsync(context.Request, context.RequestAborted) is not { IsValid: true } voucher)
            {
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                return;
            }

            bool kept = await store.KeepAsync(voucher, context.RequestAborted);
            context.Response.StatusCode = kept ? StatusCodes.Status204NoContent : StatusCodes.Status507InsufficientStorage;
        }));
    }

    private static async Task<ProviderVoucher?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength is null or > MaxBodyBytes)
        {
            return null;
        }

        try
        {
            return await JsonSerializer.DeserializeAsync(request.Body, TunnelJson.Default.ProviderVoucher, cancellationToken);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
