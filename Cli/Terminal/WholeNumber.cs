using System.CommandLine.Parsing;
using System.Globalization;

namespace CocoonOrleans.Cli.Terminal;

/// <summary>Reads whole numbers of the command line, and says in plain words what is wrong with one.</summary>
internal static class WholeNumber
{
    /// <summary>A parser for an option.</summary>
    /// <param name="least">The least that it takes.</param>
    /// <param name="most">The most that it takes.</param>
    public static Func<ArgumentResult, int> Between(int least, int most) => argument =>
    {
        var word = argument.Tokens.Single().Value;
        if (int.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        argument.AddError($"{((OptionResult)argument.Parent!).Option.Name} must be a whole number from {least} to {most}, not {word}.");
        return 0;
    };
}
