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
    IReadOnlyList<DemoCheck> Checks)
{
    /// <summary>With one more check.</summary>
    public DemoResult With(DemoCheck check) => this with { Checks = [.. Checks, check], Ok = Ok && check.Passed };
}

/// <summary>One check of the demo.</summary>
/// <param name="Name">What must hold.</param>
/// <param name="Passed">Whether it does.</param>
/// <param name="Seen">What was seen.</param>
public sealed record DemoCheck(string Name, bool Passed, string Seen);
