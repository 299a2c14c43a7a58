namespace CocoonOrleans.Inference.Engines;

/// <summary>What a check of an answer found.</summary>
/// <param name="Verdict">What it comes to.</param>
/// <param name="Logprobs">The log-probability of each token of the answer, computed anew.</param>
/// <param name="MeanDifference">How much the log-probabilities differ from the reported ones on average, in nats; null where none were reported.</param>
/// <param name="LargestDifference">The largest difference; null where none were reported.</param>
/// <param name="WrongDraws">How many tokens the repeated draws choose otherwise, near ties not counted; null where the draws can't be repeated.</param>
public sealed record AuditReport(AuditVerdict Verdict, IReadOnlyList<double> Logprobs, double? MeanDifference, double? LargestDifference, int? WrongDraws);
