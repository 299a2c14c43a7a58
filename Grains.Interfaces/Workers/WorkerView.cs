namespace CocoonOrleans.Grains.Workers;

/// <summary>A worker as operators see it.</summary>
/// <param name="Registration">Its last registration.</param>
/// <param name="Epoch">Its session.</param>
/// <param name="Online">Whether a tunnel is open and heartbeats arrive.</param>
/// <param name="Leases">Slots taken.</param>
/// <param name="Completed">Jobs completed since it first registered.</param>
/// <param name="Failed">Jobs that it failed.</param>
/// <param name="ParkedUntil">It rests until then; null where it does not.</param>
/// <param name="Events">The newest reputation events, newest first.</param>
[GenerateSerializer, Alias("cocoon.WorkerView")]
public sealed record WorkerView(
    [property: Id(0)] WorkerRegistration Registration,
    [property: Id(1)] long Epoch,
    [property: Id(2)] bool Online,
    [property: Id(3)] int Leases,
    [property: Id(4)] long Completed,
    [property: Id(5)] long Failed,
    [property: Id(6)] DateTimeOffset? ParkedUntil,
    [property: Id(7)] IReadOnlyList<ReputationEvent> Events);

/// <summary>Something that changed what the market thinks of a worker, with its reason.</summary>
/// <param name="Time">When.</param>
/// <param name="Kind">The outcome that caused it.</param>
/// <param name="JobId">The job that shows it.</param>
[GenerateSerializer, Alias("cocoon.ReputationEvent")]
public sealed record ReputationEvent([property: Id(0)] DateTimeOffset Time, [property: Id(1)] LeaseOutcome Kind, [property: Id(2)] Guid JobId);
