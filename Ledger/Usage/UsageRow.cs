using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Usage;

/// <summary>What an account used (client) or served (provider) of one model in one period; exact at the moment of reading.</summary>
/// <param name="From">The first day of the period, UTC.</param>
/// <param name="Model">The model.</param>
/// <param name="Jobs">Jobs captured.</param>
/// <param name="ReleasedJobs">Jobs whose hold was given back; clients only.</param>
/// <param name="LateJobs">Completions that came too late to be paid; providers only.</param>
/// <param name="PromptTokens">Prompt tokens, cached ones included.</param>
/// <param name="CachedTokens">Prompt tokens that came from the prefix cache.</param>
/// <param name="CompletionTokens">Generated tokens.</param>
/// <param name="Amount">In nano: charged to a client, or earned by a provider after commission.</param>
public sealed record UsageRow(
    DateOnly From, string Model, long Jobs, long ReleasedJobs, long LateJobs, long PromptTokens, long CachedTokens, long CompletionTokens, Nano Amount);
