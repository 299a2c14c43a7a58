using System.CommandLine;
using CocoonOrleans.Cli.Terminal;

namespace CocoonOrleans.Cli.Network;

/// <summary>The options of commands that talk to a gateway: which one, and as whom. What is not given comes from the data folder of a running network.</summary>
internal sealed class GatewayOptions
{
    private readonly Option<Uri?> _gateway = GatewayOption();
    private readonly Option<string?> _key = new("--key") { Description = "The API key; by default COCOON_API_KEY, else the development key." };
    private readonly Option<string> _data = DataOption();

    /// <summary>The option <c>--gateway</c>.</summary>
    public static Option<Uri?> GatewayOption() => UriOption("--gateway", "The gateway; by default the one that ./cocoon up started.");

    /// <summary>An option that takes a URL of HTTP.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it is for.</param>
    public static Option<Uri?> UriOption(string name, string description) => new(name) { Description = description, HelpName = "URL", CustomParser = HttpUrl.Of(name) };

    /// <summary>The option <c>--data</c>.</summary>
    public static Option<string> DataOption() => new("--data")
    {
        Description = "The folder of the network's data.",
        DefaultValueFactory = _ => DataFolder.Default,
        HelpName = "folder",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_gateway);
        command.Add(_key);
        command.Add(_data);
    }

    /// <summary>The data folder that was named.</summary>
    public string Folder(ParseResult result) => result.GetRequiredValue(_data);

    /// <summary>The gateway.</summary>
    /// <exception cref="CommandFailedException">None was named and none runs.</exception>
    public Uri Gateway(ParseResult result) =>
        result.GetValue(_gateway)
        ?? NetworkConnection.TryRead(Folder(result))?.Url
        ?? throw new CommandFailedException($"No network runs with its data in {Folder(result)}.", "Start one with ./cocoon up, or name a gateway with --gateway URL.");

    /// <summary>The API key.</summary>
    /// <exception cref="CommandFailedException">None was given and none is kept.</exception>
    public string ApiKey(ParseResult result)
    {
        var file = Path.Combine(Folder(result), DataFolder.DevelopmentKeyName);
        string?[] keys = [result.GetValue(_key), Environment.GetEnvironmentVariable("COCOON_API_KEY"), File.Exists(file) ? File.ReadAllText(file) : null];
        var key = keys.FirstOrDefault(key => !string.IsNullOrWhiteSpace(key))?.Trim()
            ?? throw new CommandFailedException("There is no API key.", "Give one with --key or COCOON_API_KEY; ./cocoon up makes one for development.");
        return key.All(char.IsAscii) && !key.Any(char.IsControl)
            ? key
            : throw new CommandFailedException("The API key has characters that no key has.", "Copy it again: it begins with ck_.");
    }
}
