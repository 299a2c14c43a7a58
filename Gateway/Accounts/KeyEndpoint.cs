using CocoonOrleans.Gateway.Authentication;
using CocoonOrleans.Gateway.Chat;
using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Limits;
using CocoonOrleans.Gateway.Sealing;
using CocoonOrleans.Grains.Accounts;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Accounts;

/// <summary><c>GET /v1/key</c>: what the caller's key and account have left, used, and may do.</summary>
public sealed class KeyEndpoint(GrainCalls grains, IOptions<GatewayOptions> options, TimeProvider time)
{
    private const int DaysOfMonth = 31;

    /// <summary>Answers the request.</summary>
    public async Task<IResult> HandleAsync(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        Caller caller = http.Features.GetRequiredFeature<Caller>();
        Task<AccountView?> finding = grains.InvokeAsync((client, token) => client.GetGrain<IClientAccountGrain>(caller.AccountId).GetAsync(token), http.RequestAborted);
        Task<IReadOnlyList<UsageDay>> reading = grains.InvokeAsync(
            (client, token) => client.GetGrain<IClientAccountGrain>(caller.AccountId).GetUsageAsync(DaysOfMonth, token), http.RequestAborted);
        await Task.WhenAll(finding, reading);
        IReadOnlyList<UsageDay> days = await reading;
        if (await finding is not { } account)
        {
            return new ApiError(ErrorKinds.UnknownAccount, "The account of this key does not exist.");
        }

        LimitOptions limits = options.Value.Limits;
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        return Results.Bytes(
            AnswerJson.Write(json =>
            {
                json.WriteStartObject();
                json.WriteString("object", "key");
                json.WriteString("key_id", caller.KeyId);
                json.WriteString("label", caller.KeyLabel);
                AccountJson.Write(json, account);
                json.WriteString("remaining", (account.Balance - account.Held).ToString());
                json.WriteStartObject("usage");
                AccountJson.WriteUsage(json, "day", days, today);
                AccountJson.WriteUsage(json, "week", days, today.AddDays(-6));
                AccountJson.WriteUsage(json, "month", days, today.AddDays(1 - DaysOfMonth));
                json.WriteEndObject();
                json.WriteStartObject("rate_limit");
                json.WriteNumber("requests_per_minute", limits.RequestsPerMinutePerKey);
                json.WriteNumber("concurrent_requests", limits.MaxConcurrentRequestsPerKey);
                json.WriteEndObject();
                KeyJson.WriteTrust(json, caller.LowestTrust?.ToName(), caller.MayLowerTrust);
                json.WriteEndObject();
            }),
            "application/json");
    }
}
