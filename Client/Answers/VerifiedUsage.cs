using CocoonOrleans.Client.Workers;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Client.Answers;

/// <summary>What an answer used, as the worker's receipt says it, after all checks.</summary>
/// <param name="Statement">The worker's statement, to which the request was sealed.</param>
/// <param name="Engine">What computed.</param>
/// <param name="Usage">The counts.</param>
/// <param name="CostNano">What they cost at the prices that the receipt binds.</param>
internal sealed record VerifiedUsage(BoundStatement Statement, string Engine, AnswerUsage Usage, long CostNano)
{
    /// <summary>Checks a receipt's counts against prices and limit.</summary>
    /// <param name="statement">The worker's statement.</param>
    /// <param name="engine">What computed.</param>
    /// <param name="receipt">The receipt, whose signature was checked.</param>
    /// <param name="prices">The prices as the gateway named them; null where it named none.</param>
    /// <param name="holdNano">The most that may be charged.</param>
    /// <exception cref="SealingRefusedException">They don't agree.</exception>
    public static VerifiedUsage Of(BoundStatement statement, string engine, UsageReceipt receipt, ReceiptPrices? prices, long holdNano)
    {
        var usage = receipt.Usage;
        if (!statement.Statement.Models.Contains(usage.ModelManifest))
        {
            throw new SealingRefusedException(SealingRefusalCodes.ReceiptInvalid, "The receipt names a model that the worker's statement doesn't.");
        }

        return new VerifiedUsage(statement, engine, usage, CostOf(usage, prices, holdNano));
    }

    /// <summary>What counts cost at the prices that their receipt binds.</summary>
    /// <param name="usage">The counts.</param>
    /// <param name="prices">The prices as the gateway named them; null where it named none.</param>
    /// <param name="holdNano">The most that may be charged.</param>
    /// <exception cref="SealingRefusedException">The prices are others, or come to more.</exception>
    public static long CostOf(AnswerUsage usage, ReceiptPrices? prices, long holdNano)
    {
        if (prices is null || prices.Hash() != usage.Prices)
        {
            throw new SealingRefusedException(SealingRefusalCodes.ReceiptPrices, "The prices that the gateway named are not those of the worker's receipt.");
        }

        var cost = (Int128)(usage.PromptTokens - usage.CachedTokens) * prices.PromptNanoPerMillionTokens
            + (Int128)usage.CachedTokens * prices.CachedNanoPerMillionTokens
            + (Int128)usage.CompletionTokens * prices.CompletionNanoPerMillionTokens;
        try
        {
            var nano = usage.PromptTokens + usage.CompletionTokens == 0 ? 0 : checked(AttestedWorkers.RoundUp(cost) + prices.RequestNano);
            return nano <= holdNano
                ? nano
                : throw new SealingRefusedException(SealingRefusalCodes.ReceiptPrices, $"The answer comes to {nano} nano, and {holdNano} were allowed.");
        }
        catch (OverflowException)
        {
            throw new SealingRefusedException(SealingRefusalCodes.ReceiptPrices, "The answer's price is beyond all measure.");
        }
    }
}
