using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Markets;

namespace CocoonOrleans.Gateway.Admission;

/// <summary>Everything between a request's bytes and its hold: reading, the exact count, limits, and whether the market could serve it.</summary>
public sealed class JobAdmission(SlotLeases leases, JobHolds holds) : IDisposable
{
    /// <summary>The header with which a client may repeat a request.</summary>
    public const string IdempotencyHeader = "Idempotency-Key";

    private const int LargeBodyBytes = 64 << 10;

    // To count megabytes of prompt takes a second or more of a core. All others must not wait behind them.
    private readonly SemaphoreSlim _large = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <summary>Admits a request, or says why not. Where it is admitted its hold is durable.</summary>
    /// <param name="intake">The request.</param>
    /// <param name="reader">Understands it.</param>
    /// <returns>The job; or why there is none, and the job that this one repeats, which runs or was charged.</returns>
    /// <exception cref="Cluster.ClusterUnavailableException">The hold could not be placed.</exception>
    public async Task<(TJob? Job, ApiError? Error, Guid? RepeatOf)> AdmitAsync<TJob>(JobIntake intake, JobReader<TJob> reader)
        where TJob : AdmittedJob
    {
        ArgumentNullException.ThrowIfNull(intake);
        ArgumentNullException.ThrowIfNull(reader);
        if (intake.IdempotencyKey is { } key && !JobIds.IsIdempotencyKey(key))
        {
            return (null, new ApiError(ErrorKinds.InvalidValue, $"{IdempotencyHeader} must be 1 to {JobIds.MaxIdempotencyKeyLength} printable ASCII characters.") { Param = IdempotencyHeader }, null);
        }

        (TJob? job, ApiError? error) = await ReadAsync(intake, reader);
        if (job is null)
        {
            return (null, error, null);
        }

        // Before money moves. A repeat of an earlier request is told what became of that, whatever the market is now.
        if (intake.IdempotencyKey is null && leases.FindObstacle(job.Wish) is { } obstacle)
        {
            return (null, obstacle, null);
        }

        return await holds.PlaceAsync(job, intake.BodySha256, intake.IdempotencyKey, intake.Voucher);
    }

    /// <inheritdoc/>
    public void Dispose() => _large.Dispose();

    private async Task<(TJob? Job, ApiError? Error)> ReadAsync<TJob>(JobIntake intake, JobReader<TJob> reader)
        where TJob : AdmittedJob
    {
        bool isLarge = intake.Body.Length > LargeBodyBytes;
        if (isLarge)
        {
            await _large.WaitAsync();
        }

        try
        {
            return (reader.Read(intake, out ApiError? error), error);
        }
        finally
        {
            if (isLarge)
            {
                _large.Release();
            }
        }
    }
}
