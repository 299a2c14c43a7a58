namespace CocoonOrleans.Market.Prices;

/// <summary>
/// COCOON's arithmetic (TelegramMessenger/cocoon, <c>runners/helpers/Ton.h</c> and <c>CountTokens.cpp</c>): each class of tokens is weighted with the worker's
/// coefficient and the network's multiplier and rounded down by itself, and the sum is paid at one price per adjusted token. It computes in doubles, this in
/// integers: the two differ where a product is a whole number that a double misses (a coefficient of 1,001 and 1,000 tokens, for one).
/// </summary>
public static class CocoonFormula
{
    /// <summary>What a client pays for an adjusted token, in nano.</summary>
    public const long ClientNanoPerToken = 20;

    /// <summary>What of that the worker gets.</summary>
    public const long WorkerNanoPerToken = 19;

    /// <summary>A coefficient of 1: they are in thousandths.</summary>
    public const long UnitCoefficient = 1000;

    /// <summary>A multiplier of 1: they are in ten-thousandths.</summary>
    public const long UnitMultiplier = 10_000;

    private const long Units = UnitCoefficient * UnitMultiplier;

    /// <summary>Tokens of one class as they are counted: <c>floor(n x coefficient x multiplier / 10^7)</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    /// <exception cref="OverflowException">The result does not fit in 64 bits.</exception>
    public static long Adjust(long tokens, long coefficient, long multiplier = UnitMultiplier)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        ArgumentOutOfRangeException.ThrowIfNegative(coefficient);
        ArgumentOutOfRangeException.ThrowIfNegative(multiplier);
        return checked((long)((Int128)tokens * coefficient * multiplier / Units));
    }

    /// <summary>All adjusted tokens of a job: prompt without cached, cached, completion without reasoning, reasoning.</summary>
    public static long Adjust(TokenUsage usage, long coefficient) => checked(
        Adjust(usage.Prompt - usage.Cached, coefficient) + Adjust(usage.Cached, coefficient) + Adjust(usage.Completion - usage.Reasoning, coefficient) + Adjust(usage.Reasoning, coefficient));

    /// <summary>What the client pays for a job.</summary>
    public static Nano ClientPays(TokenUsage usage, long coefficient) => new(checked(Adjust(usage, coefficient) * ClientNanoPerToken));

    /// <summary>What the worker gets of it.</summary>
    public static Nano WorkerGets(TokenUsage usage, long coefficient) => new(checked(Adjust(usage, coefficient) * WorkerNanoPerToken));

    /// <summary>The prices that a coefficient comes to, all multipliers being 1: exact, since a price is for 1,000,000 tokens.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The coefficient is negative.</exception>
    public static TokenPrices PricesOf(long coefficient)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(coefficient);
        var price = new Nano(checked(coefficient * ClientNanoPerToken * (TokenPrices.TokensPerPrice / UnitCoefficient)));
        return new TokenPrices(price, price, price);
    }
}
