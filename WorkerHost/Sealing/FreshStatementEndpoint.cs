using System.Text.Json;
using CocoonOrleans.Sealing;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.WorkerHost.Sealing;

/// <summary>Where gateways ask for statements that are newer than their clients' nonces.</summary>
internal static class FreshStatementEndpoint
{
    public static void MapFreshStatements(this IEndpointRouteBuilder endpoints)
    {
        var statements = endpoints.ServiceProvider.GetRequiredService<FreshStatements>();
        endpoints.MapPost(TunnelRoutes.FreshStatements, (RequestDelegate)(async context =>
        {
            if (await ReadAsync(context.Request, context.RequestAborted) is not { IsValid: true } request)
            {
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                return;
            }

            var (statement, refusal) = await statements.AskAsync([.. request.Nonces.Select(static nonce => new Digest(nonce))], context.RequestAborted);
            if (statement is not null)
            {
                await JsonSerializer.SerializeAsync(context.Response.Body, statement, TunnelJson.Default.FreshStatement, context.RequestAborted);
                return;
            }

            context.Response.StatusCode = TunnelRoutes.RefusedStatus;
            await JsonSerializer.SerializeAsync(context.Response.Body, refusal!, TunnelJson.Default.JobRefusal, context.RequestAborted);
        }));
    }

    private static async Task<FreshRequest?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength is null or > FreshRequest.MaxBytes)
        {
            return null;
        }

        try
        {
            return await JsonSerializer.DeserializeAsync(request.Body, TunnelJson.Default.FreshRequest, cancellationToken);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
