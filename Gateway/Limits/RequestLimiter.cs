using System.Globalization;
using System.Threading.RateLimiting;
using CocoonOrleans.Gateway.Authentication;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Hosting;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Limits;

/// <summary>Requests at a time, of this gateway and of one key, and requests per minute of one key.</summary>
public sealed class RequestLimiter : IAsyncDisposable
{
    private readonly LimitOptions _limits;
    private readonly ConcurrencyLimiter _all;
    private readonly PartitionedRateLimiter<string> _atOnce;
    private readonly PartitionedRateLimiter<string> _perMinute;

    /// <summary>Made once for the process.</summary>
    public RequestLimiter(IOptions<GatewayOptions> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _limits = options.Value.Limits;
        _all = new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = _limits.MaxConcurrentRequests });
        _atOnce = PartitionedRateLimiter.Create<string, string>(keyId => RateLimitPartition.GetConcurrencyLimiter(
            keyId, _ => new ConcurrencyLimiterOptions { PermitLimit = _limits.MaxConcurrentRequestsPerKey }));
        _perMinute = PartitionedRateLimiter.Create<string, string>(keyId => RateLimitPartition.GetTokenBucketLimiter(keyId, _ => Bucket(_limits)));
    }

    /// <summary>Takes a place among the requests of this gateway.</summary>
    /// <returns>The place, to be disposed at the end; null where there is none.</returns>
    public RateLimitLease? TryEnter() => Acquired(_all.AttemptAcquire());

    /// <summary>What a request is refused for where <see cref="TryEnter()"/> gave nothing.</summary>
    public ApiError GatewayFull() => new(ErrorKinds.QueueFull, $"This gateway works on {_limits.MaxConcurrentRequests} requests already.");

    /// <summary>Counts a request of a key and writes the <c>x-ratelimit</c> headers.</summary>
    /// <param name="caller">Whose request it is.</param>
    /// <param name="headers">Where the headers go.</param>
    /// <param name="error">Why the request is refused; null where it is not.</param>
    /// <returns>The key's place, to be disposed at the end; null where the request is refused.</returns>
    public RateLimitLease? TryEnter(Caller caller, IHeaderDictionary headers, out ApiError? error)
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(headers);
        error = null;
        RateLimitLease? place = Acquired(_atOnce.AttemptAcquire(caller.KeyId));
        if (place is null)
        {
            error = new ApiError(ErrorKinds.RateLimitExceeded, $"This key has {_limits.MaxConcurrentRequestsPerKey} requests running, the most that it may.");
        }
        else
        {
            using RateLimitLease counted = _perMinute.AttemptAcquire(caller.KeyId);
            if (!counted.IsAcquired)
            {
                place.Dispose();
                place = null;
                error = new ApiError(ErrorKinds.RateLimitExceeded, $"This key may send {_limits.RequestsPerMinutePerKey} requests a minute.")
                {
                    RetryAfter = counted.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan after) ? after : TimeSpan.FromSeconds(1),
                };
            }
        }

        WriteHeaders(caller, headers);
        return place;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _all.DisposeAsync();
        await _atOnce.DisposeAsync();
        await _perMinute.DisposeAsync();
    }

    private void WriteHeaders(Caller caller, IHeaderDictionary headers)
    {
        int limit = _limits.RequestsPerMinutePerKey;
        long remaining = _perMinute.GetStatistics(caller.KeyId)?.CurrentAvailablePermits ?? limit;
        double resetSeconds = Math.Ceiling((limit - remaining) * 60.0 / limit);
        headers["x-ratelimit-limit-requests"] = limit.ToString(CultureInfo.InvariantCulture);
        headers["x-ratelimit-remaining-requests"] = remaining.ToString(CultureInfo.InvariantCulture);
        headers["x-ratelimit-reset-requests"] = string.Create(CultureInfo.InvariantCulture, $"{resetSeconds}s");
    }

    private static TokenBucketRateLimiterOptions Bucket(LimitOptions limits)
    {
        // Whole permits come back each second, or one of them each part of a minute where there are fewer.
        int perSecond = limits.RequestsPerMinutePerKey / 60;
        return new TokenBucketRateLimiterOptions
        {
            TokenLimit = limits.RequestsPerMinutePerKey,
            TokensPerPeriod = Math.Max(1, perSecond),
            ReplenishmentPeriod = perSecond > 0 ? TimeSpan.FromSeconds(1) : TimeSpan.FromMinutes(1) / limits.RequestsPerMinutePerKey,
        };
    }

    private static RateLimitLease? Acquired(RateLimitLease lease)
    {
        if (lease.IsAcquired)
        {
            return lease;
        }

        lease.Dispose();
        return null;
    }
}
