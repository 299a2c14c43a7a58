using CocoonOrleans.Gateway.Dispatch;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Grains.Jobs;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Requests;

/// <summary>What jobs cost, as it is told to clients: once it is booked, which an answer waits for, but not for long.</summary>
public sealed class JobCosts(IOptions<GatewayOptions> options, TimeProvider time)
{
    /// <returns>The charge in nano; null where it is not booked within the time that an answer waits for it.</returns>
    public async Task<string?> OfAsync(Task<JobCompletionResult?> charge)
    {
        ArgumentNullException.ThrowIfNull(charge);
        try
        {
            JobCompletionResult? result = await charge.WaitAsync(options.Value.Dispatch.BookingWait, time);
            return result is { Status: JobCompletionStatus.Captured } ? result.Captured.ToString() : null;
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <summary>A failure's error, with the cost of what was delivered.</summary>
    public async Task<ApiError> TellAsync(JobFailure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        if (failure is { Charge: not null, Error.Metadata: { } metadata } && metadata["usage"] is { } usage)
        {
            usage["cost"] = await OfAsync(failure.Charge);
        }

        return failure.Error;
    }
}
