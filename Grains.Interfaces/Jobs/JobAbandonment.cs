namespace CocoonOrleans.Grains.Jobs;

/// <summary>Gives a job up before anything was delivered.</summary>
/// <param name="AccountId">The payer.</param>
/// <param name="Reason">Why, as a short code: <c>no_capacity</c>, <c>expired</c>, <c>refused</c>.</param>
[GenerateSerializer, Alias("cocoon.JobAbandonment")]
public sealed record JobAbandonment([property: Id(0)] string AccountId, [property: Id(1)] string Reason);
