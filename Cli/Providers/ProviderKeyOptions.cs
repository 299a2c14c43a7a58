using System.CommandLine;
using System.Security.Cryptography;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Settlement;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Ton.Signatures;

namespace CocoonOrleans.Cli.Providers;

/// <summary>The options of commands that act for a provider: its key, and the gateway that is asked. What is not given is that of a network that <c>cocoon up --settle</c> runs here.</summary>
internal sealed class ProviderKeyOptions
{
    private readonly Option<string?> _key = new("--key") { Description = "The provider's key file; by default that of the first worker of ./cocoon up --settle.", HelpName = "file" };
    private readonly Option<string?> _passphrase = new("--passphrase-file") { Description = "The file with its passphrase.", HelpName = "file" };
    private readonly Option<Uri?> _gateway = GatewayOptions.GatewayOption();
    private readonly Option<string> _data = GatewayOptions.DataOption();

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_key);
        command.Add(_passphrase);
        command.Add(_gateway);
        command.Add(_data);
    }

    /// <summary>The data folder that was named.</summary>
    public string Folder(ParseResult result) => result.GetRequiredValue(_data);

    /// <summary>Opens the key.</summary>
    /// <param name="result">What was given.</param>
    /// <exception cref="CommandFailedException">There is none, or it can't be opened.</exception>
    /// <returns>The key and the network that it is for.</returns>
    public (SigningKey Key, int Network) Open(ParseResult result)
    {
        var folder = Path.Combine(result.GetRequiredValue(_data), SettlementPlace.FolderName);
        var file = result.GetValue(_key) ?? Path.Combine(folder, "provider-1.key");
        if (result.GetValue(_key) is null && !File.Exists(file))
        {
            throw new CommandFailedException("No provider's key was named.", "Name one with --key FILE --passphrase-file FILE; ./cocoon key create FILE --purpose provider makes one.");
        }

        try
        {
            byte[] passphrase = KeyFile.ReadPassphrase(result.GetValue(_passphrase) ?? Path.Combine(folder, "passphrase"));
            try
            {
                var network = KeyFile.ReadNetwork(file);
                return (KeyFile.Open(file, KeyPurpose.Provider, network, passphrase), network);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(passphrase);
            }
        }
        catch (KeyFileException refused)
        {
            throw new CommandFailedException(refused.Message, "Name a provider's key with --key FILE --passphrase-file FILE.", innerException: refused);
        }
    }

    /// <summary>A client of the gateway. No API key is needed: what a provider asks for it signs.</summary>
    /// <exception cref="CommandFailedException">No gateway was named and none runs here.</exception>
    public HttpClient OpenGateway(ParseResult result) => GatewayHttp.Open(
        result.GetValue(_gateway)
            ?? NetworkConnection.TryRead(result.GetRequiredValue(_data))?.Url
            ?? throw new CommandFailedException($"No network runs with its data in {result.GetRequiredValue(_data)}.", "Start one with ./cocoon up --settle, or name a gateway with --gateway URL."),
        "",
        ProviderClient.Timeout);
}
