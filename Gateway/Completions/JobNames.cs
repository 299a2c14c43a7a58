namespace CocoonOrleans.Gateway.Completions;

/// <summary>How the ids of jobs and leases are written where they are texts.</summary>
internal static class JobNames
{
    public static string OfJob(Guid jobId) => jobId.ToString("D");

    public static string OfLease(Guid leaseId) => leaseId.ToString("D");

    /// <summary>What the client sees in every chunk.</summary>
    public static string OfCompletion(Guid jobId) => $"chatcmpl-{jobId:N}";
}
