using CocoonOrleans.Gateway.Receipts;
using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Gateway.Completions;

/// <summary>
/// What a gateway must know to charge a job whose receipt comes late: perhaps to another gateway, perhaps after a restart. It travels to the worker
/// and back, sealed (<see cref="TermsSeal"/>): who pays is not the worker's business, and no worker may change what it says.
/// </summary>
/// <param name="GatewayInstance">The gateway process that ran the job.</param>
/// <param name="AccountId">Who pays.</param>
/// <param name="ProviderId">Who is paid.</param>
/// <param name="Price">The cleared prices.</param>
/// <param name="PromptTokens">The gateway's prompt count.</param>
/// <param name="MaxCompletionTokens">The most tokens that may be charged.</param>
/// <param name="Receipt">What its receipt must agree with.</param>
public sealed record JobTerms(Guid GatewayInstance, string AccountId, string ProviderId, TokenPrices Price, int PromptTokens, int MaxCompletionTokens, ReceiptBinding Receipt);
