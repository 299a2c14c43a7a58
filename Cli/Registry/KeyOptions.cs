using System.CommandLine;
using System.Security.Cryptography;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Ton.Signatures;

namespace CocoonOrleans.Cli.Registry;

/// <summary>A key file and its passphrase, for one purpose.</summary>
/// <param name="purpose">The purpose.</param>
/// <param name="description">What the key does here.</param>
internal sealed class KeyOptions(KeyPurpose purpose, string description)
{
    private readonly Option<string> _key = new("--key") { Description = $"{description}: ./cocoon key create FILE --purpose {Name(purpose)}.", HelpName = "file", Required = true };
    private readonly Option<string> _passphrase = new("--passphrase-file") { Description = "The file with the key's passphrase.", HelpName = "file", Required = true };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_key);
        command.Add(_passphrase);
    }

    /// <summary>The key and its network.</summary>
    /// <exception cref="CommandFailedException">It can't be opened.</exception>
    public (SigningKey Key, int Network) Open(ParseResult result)
    {
        var file = result.GetRequiredValue(_key);
        try
        {
            var passphrase = KeyFile.ReadPassphrase(result.GetRequiredValue(_passphrase));
            try
            {
                var network = KeyFile.ReadNetwork(file);
                return (KeyFile.Open(file, purpose, network, passphrase), network);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(passphrase);
            }
        }
        catch (KeyFileException refused)
        {
            throw new CommandFailedException(refused.Message, $"Name a key of this purpose: ./cocoon key create FILE --purpose {Name(purpose)}", innerException: refused);
        }
    }

    private static string Name(KeyPurpose purpose) => purpose.ToString().ToLowerInvariant();
}
