using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.Provisioning;

/// <summary>What became of one attempt to fetch a set, for logs and alarms.</summary>
/// <param name="Subject">What it is about.</param>
/// <param name="Refusal">Why there is no new set; null where there is.</param>
/// <param name="ValidUntil">Until when the set holds that is served now; null where none is served.</param>
/// <param name="Next">When it is fetched again, at the earliest.</param>
/// <param name="StorageFault">Why the new set is not on the disk; null where it is, or needs not be. It serves all the same.</param>
public sealed record CollateralRefresh(CollateralSubject Subject, Refusal? Refusal, DateTimeOffset? ValidUntil, DateTimeOffset Next, string? StorageFault);
