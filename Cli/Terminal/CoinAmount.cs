using System.CommandLine.Parsing;
using System.Globalization;
using CocoonOrleans.Market;

namespace CocoonOrleans.Cli.Terminal;

/// <summary>Reads amounts of the command line, and says in plain words what is wrong with one.</summary>
internal static class CoinAmount
{
    /// <summary>The most that a parser takes: more coins than anybody has.</summary>
    private const decimal MostCoins = 1_000_000_000;

    /// <summary>Reads coins, above zero and in whole nano.</summary>
    public static Nano Read(ArgumentResult argument)
    {
        var word = argument.Tokens.Single().Value;
        if (decimal.TryParse(word, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var coins) && coins is > 0 and <= MostCoins)
        {
            var nano = coins * Nano.PerCoin;
            if (nano == decimal.Truncate(nano))
            {
                return new Nano((long)nano);
            }
        }

        argument.AddError($"{((OptionResult)argument.Parent!).Option.Name} must be a number of coins above 0, such as 0.5, with nine decimals at most, not {word}.");
        return Nano.Zero;
    }
}
