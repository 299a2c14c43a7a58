using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace CocoonOrleans.Cli.Verification;

/// <summary>The option that says at which time evidence must hold.</summary>
internal static class VerificationTime
{
    private static readonly string[] Forms = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    public static Option<DateTimeOffset?> Option() => new("--at")
    {
        Description = "The time at which it must hold, for example 2025-06-25T00:00:00Z. By default now.",
        HelpName = "time",
        CustomParser = Read,
    };

    private static DateTimeOffset? Read(ArgumentResult argument)
    {
        var word = argument.Tokens.Single().Value;
        if (DateTimeOffset.TryParseExact(word, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
        {
            return time;
        }

        argument.AddError($"--at must be a time like 2025-06-25T00:00:00Z, not {word}.");
        return null;
    }
}
