namespace CocoonOrleans.Cli.Chat;

/// <summary>The JSON object of <c>cocoon chat</c>.</summary>
/// <param name="Id">The completion's id.</param>
/// <param name="Model">The model that answered.</param>
/// <param name="Answer">All of the text.</param>
/// <param name="FinishReason"><c>stop</c> or <c>length</c>.</param>
/// <param name="PromptTokens">Tokens of the prompt.</param>
/// <param name="CompletionTokens">Tokens of the answer.</param>
/// <param name="CostNano">What it cost, in nano; null where the gateway doesn't say.</param>
/// <param name="TtftMs">Milliseconds to the first text.</param>
public sealed record ChatResult(
    string Id, string Model, string Answer, string FinishReason, long PromptTokens, long CompletionTokens, string? CostNano, double TtftMs)
{
    internal static ChatResult Of(ChatAnswer answer) => new(
        answer.Id, answer.Model, answer.Text, answer.FinishReason, answer.PromptTokens, answer.CompletionTokens, answer.Cost?.ToString(),
        Math.Round(answer.TimeToFirstToken.TotalMilliseconds, 1));
}
