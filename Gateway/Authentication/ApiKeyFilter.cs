using System.Net.Http.Headers;
using System.Threading.RateLimiting;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Limits;
using CocoonOrleans.Gateway.Metrics;

namespace CocoonOrleans.Gateway.Authentication;

/// <summary>Lets a request in that has a valid key and keeps the limits; the handler finds its <see cref="Caller"/> among the features.</summary>
public sealed class ApiKeyFilter(ApiKeyAuthenticator authenticator, RequestLimiter limiter, GatewayMetrics metrics) : IEndpointFilter
{
    /// <summary>The API key of a request that was let in, as it came.</summary>
    internal static string KeyOf(HttpContext http) => AuthenticationHeaderValue.Parse(http.Request.Headers.Authorization!).Parameter!.Trim();

    /// <inheritdoc/>
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);
        HttpContext http = context.HttpContext;
        using RateLimitLease? place = limiter.TryEnter();
        if (place is null)
        {
            return limiter.GatewayFull();
        }

        Caller? caller;
        using (metrics.Stage("auth"))
        {
            caller = await authenticator.AuthenticateAsync(http);
        }

        if (caller is null)
        {
            return new ApiError(ErrorKinds.InvalidApiKey, "The API key is missing or not valid. Send it as Authorization: Bearer ck_...");
        }

        using RateLimitLease? own = limiter.TryEnter(caller, http.Response.Headers, out ApiError? error);
        if (own is null)
        {
            return error;
        }

        http.Features.Set(caller);
        return await next(context);
    }
}
