using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;

namespace CocoonOrleans.Gateway.Cluster;

/// <summary>
/// Calls grains and repeats what failed or got no answer: every call has an id and may be repeated. A call that has begun is not cancelled with the
/// client, since a hold that was placed must be known to be placed.
/// </summary>
public sealed class GrainCalls
{
    private readonly LiveGateways _gateways;
    private readonly ResiliencePipeline _pipeline;

    /// <summary>Made once for the process.</summary>
    public GrainCalls(IClusterClient client, LiveGateways gateways, IOptions<ClusterOptions> options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        Client = client;
        _gateways = gateways;
        ResiliencePipelineBuilder builder = new ResiliencePipelineBuilder { TimeProvider = time }.AddTimeout(options.Value.Patience);
        if (options.Value.Attempts > 1)
        {
            builder.AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = options.Value.Attempts - 1,
                BackoffType = DelayBackoffType.Exponential,
                Delay = TimeSpan.FromMilliseconds(100),
                MaxDelay = TimeSpan.FromSeconds(1),
                UseJitter = true,
                ShouldHandle = new PredicateBuilder().Handle<Exception>(static e => e is not (OperationCanceledException or ArgumentException)),
            });
        }

        _pipeline = builder.Build();
    }

    /// <summary>Finds grains.</summary>
    public IClusterClient Client { get; }

    /// <summary>Calls, and repeats where needed.</summary>
    /// <param name="call">The call; runs once for each try.</param>
    /// <param name="cancellationToken">Ends the tries.</param>
    /// <exception cref="ClusterUnavailableException">All tries failed.</exception>
    /// <exception cref="ArgumentException">The grain refuses what it was told: no other try could help.</exception>
    public async Task<T> InvokeAsync<T>(Func<IClusterClient, CancellationToken, Task<T>> call, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        try
        {
            return await _pipeline.ExecuteAsync(
                static async (state, token) => await OnceAsync(state.call(state.Client, token), state._gateways.SiloLeaves, token), (call, Client, _gateways), cancellationToken);
        }
        catch (Exception e) when (e is not ArgumentException && (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested))
        {
            throw new ClusterUnavailableException("The cluster did not do what it was asked to.", e);
        }
    }

    /// <summary>As the other overload, for calls without a result.</summary>
    /// <exception cref="ClusterUnavailableException">All tries failed.</exception>
    public Task InvokeAsync(Func<IClusterClient, CancellationToken, Task> call, CancellationToken cancellationToken = default) => InvokeAsync(
        async (client, token) =>
        {
            await call(client, token);
            return true;
        },
        cancellationToken);

    /// <summary>One try. When a silo leaves, what waits may wait for it, and would wait for the whole of its time: it is asked again instead.</summary>
    private static async Task<T> OnceAsync<T>(Task<T> call, Task siloLeaves, CancellationToken cancellationToken)
    {
        await Task.WhenAny(call, siloLeaves).WaitAsync(cancellationToken);
        return call.IsCompleted ? await call : throw new TimeoutException("A silo left the cluster while the call waited.");
    }
}
