using System.Globalization;
using System.Threading.RateLimiting;
using CocoonOrleans.Gateway.Chat;
using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Limits;
using CocoonOrleans.Grains.Channels;
using CocoonOrleans.Grains.Providers;
using CocoonOrleans.Market.Accounts;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Providers;

namespace CocoonOrleans.Gateway.Providers;

/// <summary>
/// What providers ask for, below <c>/v1/providers/{id}</c>. Each body is a request that the provider signed with the key that names it
/// (<c>application/octet-stream</c>), so no API key is needed; who signed is seen here, all else by its grain.
/// </summary>
public sealed class ProviderEndpoint : IAsyncDisposable
{
    private const string Signed = "application/octet-stream";
    private const int MaxBytes = ProviderRequest.MaxBytes;
    private const int DefaultDays = 30;
    private const int MaxDays = 400;

    private readonly GrainCalls _grains;
    private readonly BodyReader _bodies;

    /// <summary>Of each provider. What isn't signed with its key isn't counted, so nobody uses up another's.</summary>
    private readonly PartitionedRateLimiter<string> _each = PartitionedRateLimiter.Create<string, string>(id => RateLimitPartition.GetTokenBucketLimiter(
        id,
        _ => new TokenBucketRateLimiterOptions { TokenLimit = 20, TokensPerPeriod = 5, ReplenishmentPeriod = TimeSpan.FromSeconds(1) }));

    /// <summary>Of all, since anybody can make keys and sign with them.</summary>
    private readonly TokenBucketRateLimiter _all = new(new TokenBucketRateLimiterOptions
    {
        TokenLimit = 1000,
        TokensPerPeriod = 200,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
    });

    /// <summary>Made once for the process.</summary>
    public ProviderEndpoint(GrainCalls grains, BodyReader bodies) => (_grains, _bodies) = (grains, bodies);

    /// <summary><c>POST /v1/providers/{id}/payout</c>: orders to be paid at an address from a threshold on.</summary>
    public Task<IResult> OrderPayoutAsync(string id, HttpContext http) => AnswerAsync(id, http, async request =>
    {
        ProviderView view = await _grains.InvokeAsync((client, token) => client.GetGrain<IProviderGrain>(id).OrderPayoutAsync(request, token));
        return Json(json => ProviderJson.Write(json, view));
    });

    /// <summary><c>POST /v1/providers/{id}/statement?days=30</c>: what it has earned, and what became of it.</summary>
    public Task<IResult> GetStatementAsync(string id, int? days, HttpContext http) => AnswerAsync(id, http, async request =>
    {
        if (days is < 1 or > MaxDays)
        {
            return new ApiError(ErrorKinds.InvalidValue, $"days must be 1 to {MaxDays}.") { Param = "days" };
        }

        ProviderStatement statement = await _grains.InvokeAsync(
            (client, token) => client.GetGrain<IProviderGrain>(id).GetStatementAsync(request, days ?? DefaultDays, token), http.RequestAborted);
        return Json(json => ProviderJson.Write(json, statement));
    });

    /// <summary><c>POST /v1/providers/{id}/statement/{day}</c>: a day as the operator signs it, lines of comma-separated values.</summary>
    public Task<IResult> GetDayAsync(string id, string day, HttpContext http) => AnswerAsync(id, http, async request =>
    {
        if (!DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date))
        {
            return new ApiError(ErrorKinds.InvalidValue, "The day must be a date such as 2026-11-30.") { Param = "day" };
        }

        string statement = await _grains.InvokeAsync((client, token) => client.GetGrain<IProviderGrain>(id).GetDayAsync(request, date, token), http.RequestAborted);
        return Results.Text(statement, "text/csv");
    });

    /// <summary><c>POST /v1/providers/{id}/close-offer</c>: what to sign to close the channel together.</summary>
    public Task<IResult> OfferCloseAsync(string id, HttpContext http) => AnswerAsync(id, http, async request =>
    {
        if (await FindChannelAsync(id, http.RequestAborted) is not { } channel)
        {
            return NoChannel();
        }

        ChannelClose offer = await _grains.InvokeAsync((client, token) => client.GetGrain<IPaymentChannelGrain>(channel).OfferCloseAsync(request, token));
        return Json(json => ProviderJson.Write(json, channel, offer));
    });

    /// <summary><c>POST /v1/providers/{id}/close</c>: closes the channel together.</summary>
    public Task<IResult> CloseAsync(string id, HttpContext http) => AnswerAsync(id, http, async request =>
    {
        if (await FindChannelAsync(id, http.RequestAborted) is not { } channel)
        {
            return NoChannel();
        }

        await _grains.InvokeAsync((client, token) => client.GetGrain<IPaymentChannelGrain>(channel).CloseAsync(request, token));
        return Results.Accepted();
    });

    /// <summary><c>GET /admin/providers/{id}</c>.</summary>
    public async Task<IResult> FindAsync(string id, CancellationToken cancellationToken) =>
        AccountId.IsValid(id) && await GetAsync(id, cancellationToken) is { } view ? Json(json => ProviderJson.Write(json, view)) : UnknownProvider();

    /// <summary><c>POST /admin/providers/{id}/charge</c>: brings all that is due to the chain now, whatever the provider's threshold.</summary>
    public Task<IResult> ChargeAsync(string id, CancellationToken cancellationToken) =>
        DecideAsync(id, "charged", (channel, token) => channel.ChargeAsync(token), cancellationToken);

    /// <summary><c>POST /admin/providers/{id}/leave</c>: closes the channel alone, since the provider is gone.</summary>
    public Task<IResult> LeaveAsync(string id, CancellationToken cancellationToken) =>
        DecideAsync(id, "left", (channel, token) => channel.LeaveAsync(token), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _each.DisposeAsync();
        await _all.DisposeAsync();
    }

    private async Task<IResult> DecideAsync(string id, string what, Func<IPaymentChannelGrain, CancellationToken, Task<bool>> decide, CancellationToken cancellationToken)
    {
        if (!AccountId.IsValid(id) || await GetAsync(id, cancellationToken) is not { } view)
        {
            return UnknownProvider();
        }

        bool done = view.Channel is { } channel
            && await _grains.InvokeAsync((client, token) => decide(client.GetGrain<IPaymentChannelGrain>(channel), token), cancellationToken);
        return Json(json =>
        {
            json.WriteStartObject();
            json.WriteString("channel", view.Channel);
            json.WriteBoolean(what, done);
            json.WriteEndObject();
        });
    }

    private async Task<IResult> AnswerAsync(string id, HttpContext http, Func<byte[], Task<IResult>> answer)
    {
        ArgumentNullException.ThrowIfNull(http);
        if (!AccountId.IsValid(id))
        {
            return UnknownProvider();
        }

        if (http.Request.ContentLength > MaxBytes)
        {
            return TooLarge();
        }

        (byte[] body, ApiError? error) = await _bodies.ReadAsync(http, Signed);
        if (error is not null)
        {
            return error;
        }

        if (body.Length > MaxBytes)
        {
            return TooLarge();
        }

        try
        {
            // Its grain judges all of it; here only who signed, before anything is asked of the cluster.
            if (ProviderId.Of(ProviderRequest.Parse(body).Provider) != id)
            {
                return Refused("request.provider: another provider signed it.");
            }
        }
        catch (TonFormatException malformed)
        {
            return Refused(malformed.Message);
        }

        using RateLimitLease own = _each.AttemptAcquire(id);
        if (!own.IsAcquired)
        {
            return TooMany("There are too many requests of this provider.");
        }

        using RateLimitLease lease = _all.AttemptAcquire();
        if (!lease.IsAcquired)
        {
            return TooMany("This gateway has too many requests of providers.");
        }

        try
        {
            return await answer(body);
        }
        catch (ArgumentException refused)
        {
            return Refused(refused.Message);
        }
    }

    private static ApiError Refused(string message) => new(ErrorKinds.InvalidValue, message) { Param = "request" };

    private static ApiError TooMany(string message) => new(ErrorKinds.RateLimitExceeded, message) { RetryAfter = TimeSpan.FromSeconds(1) };

    private static ApiError TooLarge() => new(ErrorKinds.RequestTooLarge, $"A signed request has at most {MaxBytes} bytes.");

    private Task<ProviderView?> GetAsync(string id, CancellationToken cancellationToken) =>
        _grains.InvokeAsync((client, token) => client.GetGrain<IProviderGrain>(id).GetAsync(token), cancellationToken);

    private async Task<string?> FindChannelAsync(string id, CancellationToken cancellationToken) => (await GetAsync(id, cancellationToken))?.Channel;

    private static IResult Json(Action<System.Text.Json.Utf8JsonWriter> write) => Results.Bytes(AnswerJson.Write(write), "application/json");

    private static ApiError UnknownProvider() => new(ErrorKinds.UnknownAccount, "There is no such provider.");

    private static ApiError NoChannel() => new(ErrorKinds.InvalidValue, "The provider has no channel here that isn't closed.") { Param = "request" };
}
