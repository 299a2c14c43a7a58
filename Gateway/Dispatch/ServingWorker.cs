using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Gateway.Dispatch;

/// <summary>Who answers, as it is known before the answer's end.</summary>
/// <param name="WorkerId">The worker.</param>
/// <param name="Tier">Its trust tier, as this gateway verified it.</param>
/// <param name="StatementHash">The statement to which the request was sealed.</param>
/// <param name="Engine">What computes.</param>
public sealed record ServingWorker(string WorkerId, TrustTier Tier, Digest StatementHash, string Engine);
