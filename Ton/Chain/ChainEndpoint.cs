using System.Threading.RateLimiting;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using Polly;
using Polly.CircuitBreaker;
using Polly.RateLimiting;
using Polly.Retry;

namespace CocoonOrleans.Ton.Chain;

/// <summary>
/// One endpoint at the pace that it grants: calls wait for a token, failed ones are repeated with growing pauses, and one that is down isn't asked
/// for a while. It is used for nothing before it was seen to be of the configured network.
/// </summary>
internal sealed class ChainEndpoint : IDisposable
{
    private const int NetworkParameter = 19;
    private const int QueueLimit = 256;

    /// <summary>An account of the masterchain that every network has (config parameter 1, the elector); asked for the chain's clock.</summary>
    private static readonly TonAddress Elector = new(-1, new Bits256(Enumerable.Repeat((byte)0x33, Bits256.Length).ToArray()));

    private readonly ChainOptions _options;
    private readonly IChainApi _api;
    private readonly TimeProvider _clock;
    private readonly TokenBucketRateLimiter _pace;
    private readonly ResiliencePipeline _reads;
    private readonly ResiliencePipeline _sends;
    private readonly SemaphoreSlim _checking = new(1);
    private volatile bool _checked;

    /// <param name="endpoint">This endpoint.</param>
    /// <param name="options">What goes for all.</param>
    /// <param name="api">Makes the calls.</param>
    /// <param name="clock">For pauses, and to compare the chain's clock with.</param>
    public ChainEndpoint(ChainEndpointOptions endpoint, ChainOptions options, IChainApi api, TimeProvider clock)
    {
        Name = endpoint.Address!.IsDefaultPort ? endpoint.Address.Host : endpoint.Address.Authority;
        Owner = endpoint.OwnerOrHost;
        _options = options;
        _api = api;
        _clock = clock;
        _pace = new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = endpoint.RequestsPerSecond,
            TokensPerPeriod = endpoint.RequestsPerSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = QueueLimit,
        });

        // What an endpoint refuses to tell now (a block that isn't kept yet, a node that isn't ready) it may tell later; a message stays refused.
        CircuitBreakerStrategyOptions breaker = new()
        {
            ShouldHandle = new PredicateBuilder().Handle<ChainException>(failed => failed.Failure == ChainFailure.Unavailable),
            FailureRatio = 0.5,
            MinimumThroughput = 8,
            SamplingDuration = TimeSpan.FromSeconds(30),
            BreakDuration = TimeSpan.FromSeconds(5),
        };
        _reads = Build(failed => failed is ChainFailure.Unavailable or ChainFailure.RateLimited or ChainFailure.Refused);
        _sends = Build(failed => failed is ChainFailure.Unavailable or ChainFailure.RateLimited);

        ResiliencePipeline Build(Func<ChainFailure, bool> isRepeated)
        {
            var pipeline = new ResiliencePipelineBuilder { TimeProvider = clock };
            if (options.Retries > 0)
            {
                pipeline.AddRetry(new RetryStrategyOptions
                {
                    ShouldHandle = new PredicateBuilder().Handle<ChainException>(failed => isRepeated(failed.Failure)),
                    MaxRetryAttempts = options.Retries,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    Delay = TimeSpan.FromMilliseconds(250),
                    MaxDelay = TimeSpan.FromSeconds(4),
                });
            }

            return pipeline.AddCircuitBreaker(breaker).AddRateLimiter(_pace).Build();
        }
    }

    /// <summary>Its host, for logs: the address may hold a key.</summary>
    public string Name { get; }

    /// <summary>Who runs it.</summary>
    public string Owner { get; }

    /// <summary>Asks something.</summary>
    /// <exception cref="ChainException">There is no answer that can be used.</exception>
    public async Task<T> ReadAsync<T>(Func<IChainApi, CancellationToken, Task<T>> read, CancellationToken cancellation)
    {
        await EnsureCheckedAsync(cancellation);
        return await RunAsync(_reads, read, cancellation);
    }

    /// <summary>Hands a message in.</summary>
    /// <exception cref="ChainException">It was refused, or nobody said that it was taken.</exception>
    public async Task SendAsync(Cell message, CancellationToken cancellation)
    {
        await EnsureCheckedAsync(cancellation);
        await RunAsync(
            _sends,
            async (api, token) =>
            {
                await api.SendAsync(message, token);
                return true;
            },
            cancellation);
    }

    /// <summary>Compares the endpoint's network and clock with what is configured, once.</summary>
    /// <exception cref="ChainException">They are others, or the endpoint doesn't answer.</exception>
    public async Task EnsureCheckedAsync(CancellationToken cancellation)
    {
        if (_checked)
        {
            return;
        }

        await _checking.WaitAsync(cancellation);
        try
        {
            if (!_checked)
            {
                await CheckAsync(cancellation);
                _checked = true;
            }
        }
        finally
        {
            _checking.Release();
        }
    }

    public void Dispose()
    {
        _pace.Dispose();
        _checking.Dispose();
    }

    private async Task CheckAsync(CancellationToken cancellation)
    {
        Cell parameter = await RunAsync(_reads, (api, token) => api.GetConfigParamAsync(NetworkParameter, token), cancellation);
        long network = ReadNetwork(parameter);
        if (network != _options.Network)
        {
            throw new ChainException(ChainFailure.WrongNetwork, $"{Name} is of network {network}; {ChainOptions.Section}:Network says {_options.Network}.");
        }

        AccountState any = await RunAsync(_reads, (api, token) => api.GetAccountAsync(Elector, null, token), cancellation);
        TimeSpan difference = DateTimeOffset.FromUnixTimeSeconds(any.Time) - _clock.GetUtcNow();
        if (difference.Duration() > _options.MaxClockDifference)
        {
            throw new ChainException(
                ChainFailure.WrongNetwork,
                $"{Name} says a time {difference.TotalSeconds:0} s from ours; at most {_options.MaxClockDifference.TotalSeconds:0} s are allowed. Set this machine's clock, or use another endpoint.");
        }
    }

    private static long ReadNetwork(Cell parameter)
    {
        try
        {
            return parameter.BeginRead().ReadInt(32, "network");
        }
        catch (TonFormatException malformed)
        {
            throw new ChainException(ChainFailure.BadAnswer, $"getConfigParam {NetworkParameter}: {malformed.Message}", malformed);
        }
    }

    private async Task<T> RunAsync<T>(ResiliencePipeline pipeline, Func<IChainApi, CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        try
        {
            return await pipeline.ExecuteAsync(async token => await call(_api, token), cancellation);
        }
        catch (RateLimiterRejectedException full)
        {
            throw new ChainException(ChainFailure.RateLimited, $"{QueueLimit} calls wait for {Name} already", full);
        }
        catch (BrokenCircuitException down)
        {
            throw new ChainException(ChainFailure.Unavailable, $"{Name} did not answer lately, and isn't asked for a while", down);
        }
    }
}
