using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Client.Workers;

/// <summary>To whom requests for a model may be sealed, verified, and what the gateway says of the model. What it says decides money alone, within what the caller allows.</summary>
/// <param name="Statements">1 to 3, the best first.</param>
/// <param name="Vouchers">What came beside each statement, by its hash.</param>
/// <param name="IsEmbeddings">Whether the model makes embeddings; otherwise it chats.</param>
/// <param name="ContextTokens">The most tokens of prompt and answer together.</param>
/// <param name="DefaultMaxCompletionTokens">The most tokens of an answer whose request names no limit.</param>
/// <param name="PromptNano">What is held for a million prompt tokens.</param>
/// <param name="CompletionNano">What is held for a million generated tokens.</param>
/// <param name="RequestNano">What is held for the request itself.</param>
internal sealed record AttestedWorkers(
    IReadOnlyList<BoundStatement> Statements,
    IReadOnlyDictionary<Digest, StatementVoucher> Vouchers,
    bool IsEmbeddings,
    int ContextTokens,
    int DefaultMaxCompletionTokens,
    long PromptNano,
    long CompletionNano,
    long RequestNano)
{
    private const long TokensPerPrice = 1_000_000;

    /// <summary>What a request may cost: the longest prompt that its bytes can hold, and all the tokens that it asks for.</summary>
    /// <param name="recordBytes">Length of its records.</param>
    /// <param name="completionTokens">The most tokens of all its answers; null where it names no limit.</param>
    /// <param name="choices">How many answers it asks for.</param>
    /// <exception cref="OverflowException">The prices are beyond all measure.</exception>
    public long HoldNano(int recordBytes, int? completionTokens, int choices)
    {
        var prompt = IsEmbeddings ? recordBytes : Math.Min(recordBytes, ContextTokens);
        var completion = IsEmbeddings ? 0 : (long)(completionTokens ?? DefaultMaxCompletionTokens) * choices;
        return checked(RoundUp((Int128)prompt * PromptNano) + RoundUp((Int128)completion * CompletionNano) + RequestNano);
    }

    /// <summary>Whole nano of millionths, rounded up.</summary>
    public static long RoundUp(Int128 millionths) => checked((long)((millionths + (TokensPerPrice - 1)) / TokensPerPrice));
}
