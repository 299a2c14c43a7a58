using CocoonOrleans.Cli.Network;

namespace CocoonOrleans.Cli.Demo;

/// <summary>The JSON object of <c>cocoon demo</c>. Amounts are nano, as decimal strings.</summary>
/// <param name="Ok">Whether every check passed.</param>
/// <param name="Question">What was asked.</param>
/// <param name="Answer">What the network answered.</param>
/// <param name="Correct">Whether the answer is right: a fact about the model, not a check of the network.</param>
/// <param name="Model">The model that answered.</param>
/// <param name="ModelSha256">Hex SHA-256 of its manifest.</param>
/// <param name="Engine"><c>native</c>: computed, not replayed.</param>
/// <param name="JobId">The job.</param>
/// <param name="PromptTokens">Tokens of the prompt.</param>
/// <param name="CompletionTokens">Tokens of the answer.</param>
/// <param name="ChargedNano">What it cost.</param>
/// <param name="BalanceBeforeNano">What the account had before.</param>
/// <param name="BalanceAfterNano">What it has after.</param>
/// <param name="Sealer">Who sealed the question to the worker.</param>
/// <param name="Tier">The worker's trust tier.</param>
/// <param name="ReceiptVerified">Whether the worker's usage receipt came with the answer and is valid.</param>
/// <param name="StatementHash">The worker's statement to which the question was sealed.</param>
/// <param name="TtftMs">Milliseconds to the first text.</param>
/// <param name="Processes">Process ids, while it ran.</param>
/// <param name="Channel">The channel that paid the provider of the answer, on a development chain; null where nothing was settled.</param>
/// <param name="Voucher">The operator's last promise over it.</param>
/// <param name="PayoutTx">Hash of the transaction in which the provider's coins arrived.</param>
/// <param name="PayoutAddress">Where they arrived.</param>
/// <param name="EarnedNano">What the ledger says that the provider earned.</param>
/// <param name="FeeNano">What the way of the payout costs, by the chain's configuration.</param>
/// <param name="OnChainNano">What lies at the provider's address on the chain.</param>
/// <param name="NotSettled">Why nothing was settled, and what to do about it; null where it was.</param>
/// <param name="EncryptedModel">Whether the workers had the model encrypted, and got its key of brokers.</param>
/// <param name="Encryption">Its key, by id, and who got it; null where it was not encrypted.</param>
/// <param name="Checks">What was checked.</param>
public sealed record DemoResult(
    bool Ok,
    string Question,
    string Answer,
    bool Correct,
    string Model,
    string ModelSha256,
    string Engine,
    Guid JobId,
    long PromptTokens,
    long CompletionTokens,
    string ChargedNano,
    string BalanceBeforeNano,
    string BalanceAfterNano,
    string Sealer,
    string Tier,
    bool ReceiptVerified,
    string StatementHash,
    double TtftMs,
    NetworkProcesses Processes,
    string? Channel,
    DemoVoucher? Voucher,
    string? PayoutTx,
    string? PayoutAddress,
    string? EarnedNano,
    string? FeeNano,
    string? OnChainNano,
    string? NotSettled,
    bool EncryptedModel,
    DemoEncryption? Encryption,
    IReadOnlyList<DemoCheck> Checks)
{
    /// <summary>With one more check.</summary>
    public DemoResult With(DemoCheck check) => this with { Checks = [.. Checks, check], Ok = Ok && check.Passed };
}

/// <summary>A promise to a provider.</summary>
/// <param name="Serial">Its number.</param>
/// <param name="CumulativeNano">All that was promised over the life of the channel.</param>
public sealed record DemoVoucher(long Serial, string CumulativeNano);

/// <summary>One check of the demo.</summary>
/// <param name="Name">What must hold.</param>
/// <param name="Passed">Whether it does.</param>
/// <param name="Seen">What was seen.</param>
public sealed record DemoCheck(string Name, bool Passed, string Seen);
