using System.CommandLine.Parsing;

namespace CocoonOrleans.Cli.Terminal;

/// <summary>Reads options that are a URL.</summary>
internal static class HttpUrl
{
    /// <summary>A parser that takes http and https and names the option where it is anything else.</summary>
    public static Func<ArgumentResult, Uri?> Of(string option) => argument =>
    {
        var text = argument.Tokens.Single().Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
        {
            return uri;
        }

        argument.AddError($"{option} is no URL: {text}");
        return null;
    };
}
