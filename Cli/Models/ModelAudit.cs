using CocoonOrleans.Inference.Engines;

namespace CocoonOrleans.Cli.Models;

/// <summary>The JSON object of <c>cocoon model audit</c>.</summary>
/// <param name="Model">The model that checked, by name and hash.</param>
/// <param name="Verdict">What it comes to: consistent, otherLogprobs, otherDraws or inconclusive (<see cref="AuditVerdict"/>).</param>
/// <param name="Tokens">Tokens of the answer.</param>
/// <param name="PromptTokens">Tokens of the prompt, counted here.</param>
/// <param name="ReportedPromptTokens">What the answer's usage says; null where it says nothing.</param>
/// <param name="MeanDifference">How much the log-probabilities differ on average, in nats; null where none came with the answer.</param>
/// <param name="LargestDifference">The largest difference; null as above.</param>
/// <param name="WrongDraws">Tokens that the request's seed draws otherwise; null where it had none.</param>
internal sealed record ModelAudit(
    string Model, string Verdict, int Tokens, int PromptTokens, int? ReportedPromptTokens, double? MeanDifference, double? LargestDifference, int? WrongDraws);
