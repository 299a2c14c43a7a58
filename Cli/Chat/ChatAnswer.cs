using CocoonOrleans.Market;

namespace CocoonOrleans.Cli.Chat;

/// <summary>An answer that came to its end.</summary>
/// <param name="Id">The completion's id.</param>
/// <param name="Model">The model that answered.</param>
/// <param name="Text">All of the text.</param>
/// <param name="FinishReason">Why it ended: <c>stop</c> or <c>length</c>.</param>
/// <param name="PromptTokens">Tokens of the prompt.</param>
/// <param name="CompletionTokens">Tokens of the answer.</param>
/// <param name="Cost">What the gateway says it cost; null where it doesn't say.</param>
/// <param name="Worker">The worker that served it; null where the gateway doesn't say.</param>
/// <param name="Engine"><c>native</c> or <c>scripted</c>; null where the gateway doesn't say.</param>
/// <param name="Provider">How the gateway says that it was served; null where it doesn't say.</param>
/// <param name="TimeToFirstToken">From the request to the first text.</param>
/// <param name="Duration">From the request to the end.</param>
public sealed record ChatAnswer(
    string Id,
    string Model,
    string Text,
    string FinishReason,
    long PromptTokens,
    long CompletionTokens,
    Nano? Cost,
    string? Worker,
    string? Engine,
    ChatProvider? Provider,
    TimeSpan TimeToFirstToken,
    TimeSpan Duration)
{
    private const string Prefix = "chatcmpl-";

    /// <summary>The job behind the answer; empty where the id is not one of ours.</summary>
    public Guid JobId => Id.StartsWith(Prefix, StringComparison.Ordinal) && Guid.TryParse(Id.AsSpan(Prefix.Length), out var job) ? job : Guid.Empty;
}
